import { describe, expect, test } from 'vitest';
import { contrast } from './colour.ts';
import { stripeOf, type BarColours } from './palette.ts';
import { darkTheme, lightTheme, type BoardTheme } from './theme.ts';

function everyBar({ bars, palette }: BoardTheme): readonly (readonly [string, BarColours])[] {
  return [
    ...Object.entries(bars),
    ...palette.series.map((colours, index): [string, BarColours] => [`series ${index}`, colours]),
    ...palette.steps.map((colours, index): [string, BarColours] => [`step ${index}`, colours]),
    ['good', palette.good],
    ['tight', palette.tight],
    ['bad', palette.bad],
    ['neutral', palette.neutral],
  ];
}

describe.each([
  ['light', lightTheme],
  ['dark', darkTheme],
])('%s theme', (_name, theme) => {
  test.each(everyBar(theme))('text on %s can be read', (_bar, { fill, progress, edge, text }) => {
    expect(contrast(text, fill)).toBeGreaterThanOrEqual(4.5);
    expect(contrast(text, progress)).toBeGreaterThanOrEqual(4.5);
    expect(contrast(text, stripeOf(fill, edge))).toBeGreaterThanOrEqual(4.5);
  });

  test('signs, marks and the names of people stand out from the ground', () => {
    const { working, surface, header, palette } = theme;
    for (const colour of [theme.text, theme.textDim, ...palette.people]) {
      expect(contrast(colour, header)).toBeGreaterThanOrEqual(4.5);
      expect(contrast(colour, surface)).toBeGreaterThanOrEqual(4.5);
    }
    const marks = [theme.critical, theme.slack, theme.link, theme.late, theme.now, theme.selected];
    const ghosts = [theme.baseline, theme.compare.first, theme.compare.second];
    for (const colour of [...marks, ...ghosts]) expect(contrast(colour, working)).toBeGreaterThanOrEqual(3);
    expect(contrast(theme.blockedText, theme.blocked)).toBeGreaterThanOrEqual(4.5);
    expect(contrast(theme.lateText, theme.late)).toBeGreaterThanOrEqual(4.5);
    expect(contrast(theme.loadText, theme.load)).toBeGreaterThanOrEqual(4.5);
    expect(contrast(theme.nowText, theme.now)).toBeGreaterThanOrEqual(4.5);
  });

  test('the colours of a series differ from each other', () => {
    const edges = theme.palette.series.map(({ edge }) => edge);
    expect(new Set(edges).size).toBe(edges.length);
  });
});
