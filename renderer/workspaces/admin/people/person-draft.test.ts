import { expect, test } from 'vitest';
import { draftOf, errorsIn, givenBy, withPlants } from './person-draft.ts';

const stations = [
  { code: 'ST-1', plantId: 'pumps' },
  { code: 'ST-9', plantId: 'sauces' },
];
const draft = {
  ...draftOf(null, 'pumps'),
  login: 'nora',
  displayName: 'Nora',
  access: new Map([['pumps', 'delete'] as const, ['sauces', 'look'] as const]),
  stations: ['ST-1', 'ST-9'],
};

test('a plant that is taken away takes its stations and the home with it', () => {
  const left = withPlants(draft, ['sauces'], stations);
  expect([left.homePlantId, left.stations, [...left.access]]).toEqual([
    'sauces',
    ['ST-9'],
    [['sauces', 'look']],
  ]);
});

test('a plant that is added leaves the others as they were', () => {
  expect([...withPlants(draft, ['pumps', 'boards'], stations).access]).toEqual([
    ['pumps', 'delete'],
    ['boards', 'work'],
  ]);
});

test('what is wrong is named by its field', () => {
  expect(errorsIn(draft, true)).toEqual({});
  expect(
    errorsIn(
      { ...draft, login: 'Nora N', displayName: ' ', email: 'nora@', phone: 'none', access: new Map() },
      true,
    ),
  ).toEqual({
    login: 'people.login-form',
    displayName: 'people.name-missing',
    email: 'people.email-form',
    phone: 'people.phone-form',
    access: 'people.plants-missing',
  });
});

test('contacts that cannot be read are not sent', () => {
  expect(givenBy(draft, false)).not.toHaveProperty('contacts');
  expect(givenBy({ ...draft, email: ' nora@example.com ' }, true)).toMatchObject({
    contacts: { email: 'nora@example.com', phone: null },
    plants: [
      { id: 'pumps', mayWrite: true, mayDelete: true },
      { id: 'sauces', mayWrite: false, mayDelete: false },
    ],
  });
});
