import { describe, expect, test } from 'vitest';
import { relationsOf, relationsWithin } from './links.ts';
import { operation } from './test-editor.ts';

const records = [
  operation('WO-1/10', 'a', 6, 4),
  operation('WO-1/20', 'b', 8, 4),
  operation('WO-1/30', 'a', 14, 2),
  operation('WO-2/10', 'b', 20, 2),
];
const operations = new Map(records.map((each) => [each.operationId, each]));
const shown = (operationId: string) => operations.get(operationId);
const finishStart = { kind: 'finish_start' as const, minLagS: 0 };
const ends = (relations: ReturnType<typeof relationsOf>) =>
  relations.map(({ from, to }) => `${from.code} > ${to.code}`).sort();

describe('precedences of a bar', () => {
  test('are the order of its work order and the links, each once', () => {
    const links = [
      { ...finishStart, predecessorId: 'WO-1/20', successorId: 'WO-2/10' },
      { ...finishStart, predecessorId: 'WO-1/10', successorId: 'WO-1/20' },
    ];
    expect(ends(relationsOf('WO-1/20', { operations, links }, shown))).toEqual([
      'WO-1/10 > WO-1/20',
      'WO-1/20 > WO-1/30',
      'WO-1/20 > WO-2/10',
    ]);
  });

  test('are broken where the later one stands too early, or waits too long', () => {
    const of = (link: object) => {
      const links = [{ ...finishStart, predecessorId: 'WO-1/30', successorId: 'WO-2/10', ...link }];
      return relationsOf('WO-2/10', { operations, links }, shown)[0]?.isBroken;
    };
    // Four hours lie between them.
    expect(of({})).toBe(false);
    expect(of({ minLagS: 5 * 3600 })).toBe(true);
    expect(of({ maxLagS: 3 * 3600 })).toBe(true);
    expect(of({ kind: 'start_start', minLagS: 6 * 3600 })).toBe(false);
    const order = relationsOf('WO-1/20', { operations, links: [] }, shown);
    expect(order.map(({ isBroken }) => isBroken)).toEqual([true, false]);
  });

  test('a critical path is joined by links and by the order within a work order', () => {
    const links = [
      { ...finishStart, predecessorId: 'WO-1/30', successorId: 'WO-2/10' },
      { ...finishStart, predecessorId: 'WO-1/20', successorId: 'WO-1/30' },
    ];
    const path = new Set(['WO-1/20', 'WO-1/30', 'WO-2/10']);
    expect(ends(relationsWithin(path, { operations, links }, shown))).toEqual([
      'WO-1/20 > WO-1/30',
      'WO-1/30 > WO-2/10',
    ]);
  });
});
