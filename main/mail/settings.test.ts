import { describe, expect, test } from 'vitest';
import { mailInFile, readMailSettings } from './settings.ts';

const file = (settings: object) => mailInFile.parse(settings);
const from = 'Lanewright <lanewright@plant.example>';

describe('a mail server', () => {
  test('is not set up until somebody names one', () => {
    expect(readMailSettings(undefined, {})).toBeNull();
    expect(readMailSettings(undefined, { SMTP_URL: ' ', LANEWRIGHT_MAIL_HOST: '' })).toBeNull();
  });

  test('stands in the file, with its password in the environment', () => {
    const settings = readMailSettings(file({ host: 'mail.plant.example', from, user: 'lw' }), {
      LANEWRIGHT_MAIL_PASSWORD: 'secret',
      LANEWRIGHT_MAIL_PUBLIC_ADDRESS: 'https://lanewright.plant.example',
    });
    expect(settings).toEqual({
      host: 'mail.plant.example',
      secure: false,
      plain: false,
      user: 'lw',
      password: 'secret',
      from,
      publicAddress: 'https://lanewright.plant.example',
    });
  });

  test('stands in one address; each variable by itself comes before it, and both before the file', () => {
    const environment = {
      SMTP_URL: 'smtps://lw%40plant:s%3Acret@mail.plant.example:4650',
      LANEWRIGHT_MAIL_FROM: from,
      LANEWRIGHT_MAIL_PORT: '465',
    };
    expect(readMailSettings(file({ host: 'old.example', from: 'a@b', secure: false }), environment)).toEqual({
      host: 'mail.plant.example',
      port: 465,
      secure: true,
      plain: false,
      user: 'lw@plant',
      password: 's:cret',
      from,
    });
  });
});

test.each([
  ['from', { LANEWRIGHT_MAIL_HOST: 'mail.example' }],
  ['from', { LANEWRIGHT_MAIL_HOST: 'mail.example', LANEWRIGHT_MAIL_FROM: 'nobody' }],
  ['host', { LANEWRIGHT_MAIL_FROM: from }],
  ['port', { LANEWRIGHT_MAIL_HOST: 'm', LANEWRIGHT_MAIL_FROM: from, LANEWRIGHT_MAIL_PORT: 'smtp' }],
  ['secure', { LANEWRIGHT_MAIL_HOST: 'm', LANEWRIGHT_MAIL_FROM: from, LANEWRIGHT_MAIL_SECURE: 'often' }],
  ['password', { LANEWRIGHT_MAIL_HOST: 'm', LANEWRIGHT_MAIL_FROM: from, LANEWRIGHT_MAIL_USER: 'lw' }],
  ['SMTP_URL', { SMTP_URL: 'https://top-secret@mail.example', LANEWRIGHT_MAIL_FROM: from }],
  [
    'publicAddress',
    {
      SMTP_URL: 'smtp://m',
      LANEWRIGHT_MAIL_FROM: from,
      LANEWRIGHT_MAIL_PUBLIC_ADDRESS: 'http://plant.example',
    },
  ],
])('what is wrong with %s is named, and no value told', (field, environment) => {
  try {
    readMailSettings(undefined, environment);
    expect.unreachable();
  } catch (cause) {
    expect(cause).toMatchObject({
      shape: { code: 'Invalid', reason: 'error.mail-settings', values: { field } },
    });
    expect(JSON.stringify(cause)).not.toContain('top-secret');
  }
});
