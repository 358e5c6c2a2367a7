import { describe, expect, test } from 'vitest';
import { createColourScheme, isSameScheme } from './colour-scheme.ts';
import { colourModes, type ColourMode } from './layers.ts';
import { hourMs, monday, operation } from './test-editor.ts';

const bar = operation('WO-1/10', 'a', 6, 4);
const scheme = (colourBy: ColourMode, operations = [bar], infeasible: ReadonlySet<string> = new Set()) =>
  createColourScheme({ colourBy, families: [], infeasible }, operations);
const keyOf = (mode: ColourMode, record: typeof bar, infeasible?: ReadonlySet<string>) => {
  const made = scheme(mode, [record], infeasible);
  const name = made.categories[made.codeOf(record)]?.name;
  return name === undefined ? undefined : 'id' in name ? name.id : name.text;
};

describe('colour scheme', () => {
  test('no two categories of a mode share both colour and pattern, nor a sign', () => {
    const many = Array.from({ length: 40 }, (_, index) => ({
      ...operation(`WO-${index}/10`, 'a', index, 1),
      customer: `Customer ${index % 20}`,
      materialCode: `M-${index}`,
    }));
    for (const mode of colourModes) {
      const { categories } = scheme(mode, many);
      const looks = categories.map(({ swatch, pattern }) => JSON.stringify([swatch, pattern]));
      expect(new Set(looks).size).toBe(categories.length);
      expect(new Set(categories.map(({ sign }) => JSON.stringify(sign))).size).toBe(categories.length);
    }
  });

  test('lateness, priority and feasibility are told from the record', () => {
    expect(keyOf('lateness', { ...bar, dueAt: monday })).toBe('board.colour.lateness.late');
    expect(keyOf('lateness', { ...bar, dueAt: monday + 12 * hourMs })).toBe('board.colour.lateness.tight');
    expect(keyOf('lateness', bar)).toBe('board.colour.lateness.in-time');
    expect(keyOf('priority', { ...bar, priority: 100 })).toBe('board.colour.priority.top');
    expect(keyOf('priority', { ...bar, priority: 25 })).toBe('board.colour.priority.low');
    expect(keyOf('feasibility', bar)).toBe('board.colour.feasibility.possible');
    expect(keyOf('feasibility', { ...bar, eligibleLaneIds: ['b'] })).toBe(
      'board.colour.feasibility.impossible',
    );
    expect(keyOf('feasibility', bar, new Set([bar.operationId]))).toBe('board.colour.feasibility.impossible');
    expect(keyOf('feasibility', { ...bar, material: 'short' })).toBe('board.colour.feasibility.short');
    // What is expected before it begins is not missing.
    expect(keyOf('feasibility', { ...bar, material: 'short', materialAt: monday })).toBe(
      'board.colour.feasibility.possible',
    );
  });

  test('one bar more does not give the others another colour', () => {
    const customers = ['Adler', 'Brook', 'Cortina'].map((customer, index) => ({
      ...operation(`WO-${index}/10`, 'a', index, 1),
      customer,
    }));
    const more = [...customers, { ...operation('WO-9/10', 'a', 9, 1), customer: 'Cortina' }];
    expect(isSameScheme(scheme('customer', customers), scheme('customer', more))).toBe(true);
    const other = [...more, { ...operation('WO-10/10', 'a', 10, 1), customer: 'Dahl' }];
    expect(isSameScheme(scheme('customer', customers), scheme('customer', other))).toBe(false);
  });
});
