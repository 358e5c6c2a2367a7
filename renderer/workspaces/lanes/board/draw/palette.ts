import { contrast, mix, readable } from './colour.ts';

/** Colours of a bar: a tint that dark (light) text can be read on, reported work in a stronger tint. */
export interface BarColours {
  readonly fill: string;
  readonly progress: string;
  readonly edge: string;
  readonly text: string;
}

/** Colours for what has no order: people, customers, materials, families. */
export interface Palette {
  readonly series: readonly BarColours[];
  /** From least to most. */
  readonly steps: readonly BarColours[];
  readonly good: BarColours;
  readonly tight: BarColours;
  readonly bad: BarColours;
  /** What belongs to no category, or to too small a one. */
  readonly neutral: BarColours;
  /** Other people on the board. */
  readonly people: readonly string[];
}

/** Okabe and Ito (2008), which people with any colour vision tell apart; yellow last, as it is the palest. */
const hues = ['#0072b2', '#e69f00', '#009e73', '#cc79a7', '#56b4e9', '#d55e00', '#7f5fc7', '#c9b400'];
/** One hue, growing in weight. */
const stepWeights = { light: [0.1, 0.28, 0.8, 0.86], dark: [0.1, 0.26, 0.62, 0.84] };
const people = ['#7a3db8', '#b3541e', '#0b7285', '#a61e4d', '#2b6a1c', '#3b5bdb'];
/** WCAG 2.2: 4.5 for text (1.4.3), with something to spare; 3 for the edge of a thing (1.4.11). */
const textRatio = 4.8;
const edgeRatio = 3.1;

/** The palette on a light ground or a dark one. Contrast is reached by calculation, not by eye. */
export function createPalette(ground: string, isDark: boolean): Palette {
  const away = isDark ? '#ffffff' : '#000000';
  const tint = (hue: string, weight: number): BarColours => {
    const fill = mix(ground, hue, weight);
    const progress = mix(ground, hue, Math.min(0.95, weight + (isDark ? 0.18 : 0.24)));
    const strength = isDark ? 0.85 : 0.5;
    return {
      fill,
      progress,
      edge: readable(hue, [ground], edgeRatio, away),
      text: readable(mix(hue, away, strength), [fill, progress, stripeOf(fill, hue)], textRatio, away),
    };
  };
  const weight = isDark ? 0.3 : 0.2;
  return {
    series: hues.map((hue) => tint(hue, weight)),
    steps: stepWeights[isDark ? 'dark' : 'light'].map((each) => stepOf(ground, each, isDark)),
    good: tint('#0072b2', weight),
    tight: tint('#e69f00', weight + 0.06),
    bad: tint('#c92a2a', weight + 0.04),
    neutral: tint('#7d8794', weight - 0.02),
    people: people.map((hue) => readable(hue, [ground], 4.5, away)),
  };
}

/** A step may be so strong that its text turns from dark to light (or the other way). */
function stepOf(ground: string, weight: number, isDark: boolean): BarColours {
  const strong = weight > 0.8;
  const hue = isDark ? '#9cc9ff' : strong ? '#0a2150' : '#1a4aa0';
  const fill = mix(ground, hue, weight);
  const progress = mix(ground, hue, Math.min(1, weight + 0.12));
  const edge = mix(fill, isDark ? '#ffffff' : '#001f5c', 0.6);
  const worst = (text: string): number =>
    Math.min(...[fill, progress, stripeOf(fill, edge)].map((each) => contrast(text, each)));
  const text = worst('#0a1730') > worst('#ffffff') ? '#0a1730' : '#ffffff';
  return { fill, progress, edge, text };
}

/** The darker line of a striped bar. */
export function stripeOf(fill: string, edge: string): string {
  return mix(fill, edge, 0.24);
}

/** What is not searched for: drawn back into the ground. */
export function dimmed({ fill, progress, edge, text }: BarColours, ground: string): BarColours {
  return {
    fill: mix(ground, fill, 0.35),
    progress: mix(ground, progress, 0.35),
    edge: mix(ground, edge, 0.3),
    text: mix(ground, text, 0.5),
  };
}
