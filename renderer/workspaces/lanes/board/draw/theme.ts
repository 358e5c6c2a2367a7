import type { OperationStatus } from '#domain/scheduling/types';
import { createPalette, type BarColours, type Palette } from './palette.ts';

/** Everything that the board is coloured with, as data. Colours are `#rrggbb` (the framebuffer reads them). */
export interface BoardTheme {
  readonly fontFamily: string;
  readonly surface: string;
  readonly header: string;
  readonly areaHeader: string;
  readonly areaHeaderHover: string;
  readonly working: string;
  readonly resting: string;
  readonly restingHatch: string;
  /** Every second shift, and every second week on the axis. */
  readonly band: string;
  /** Ground of what is frozen is mixed with this. */
  readonly frozen: string;
  readonly blocked: string;
  readonly blockedLine: string;
  readonly blockedText: string;
  readonly rowLine: string;
  readonly minorLine: string;
  readonly dayLine: string;
  readonly frameLine: string;
  readonly text: string;
  readonly textDim: string;
  readonly now: string;
  readonly nowText: string;
  readonly late: string;
  readonly lateText: string;
  readonly selected: string;
  readonly halo: string;
  readonly allowed: string;
  readonly refused: string;
  readonly conflict: string;
  readonly load: string;
  readonly overload: string;
  readonly loadTrack: string;
  readonly loadText: string;
  readonly critical: string;
  readonly slack: string;
  readonly link: string;
  /** The published schedule behind a draft. */
  readonly baseline: string;
  /** Two other versions. */
  readonly compare: { readonly first: string; readonly second: string };
  readonly bars: Readonly<Record<OperationStatus, BarColours>>;
  readonly palette: Palette;
}

const fontFamily = "Inter, 'Segoe UI', system-ui, -apple-system, 'Liberation Sans', Arial, sans-serif";

/**
 * Hues lie on the blue-yellow axis and differ in lightness, so that they stay apart for people who
 * do not tell red from green; each status has an icon or a pattern of its own besides.
 * Text on `fill` and on `progress` has a contrast above 4.5:1 (WCAG 2.2, 1.4.3).
 */
export const lightTheme: BoardTheme = {
  fontFamily,
  surface: '#ffffff',
  header: '#f8f9fb',
  areaHeader: '#eef1f5',
  areaHeaderHover: '#e3e8ef',
  working: '#ffffff',
  resting: '#f0f2f5',
  restingHatch: '#e4e7ec',
  band: '#f7f9fc',
  frozen: '#8ba3c7',
  blocked: '#fbe9e0',
  blockedLine: '#e0a98c',
  blockedText: '#6b3213',
  rowLine: '#e6e9ee',
  minorLine: '#edf0f3',
  dayLine: '#cfd5de',
  frameLine: '#c9d0da',
  text: '#1a2433',
  textDim: '#5b677a',
  now: '#c2255c',
  nowText: '#ffffff',
  late: '#c92a2a',
  lateText: '#ffffff',
  selected: '#0b4fb3',
  halo: '#ffffff',
  allowed: '#0b4fb3',
  refused: '#c92a2a',
  conflict: '#b35900',
  load: '#6b8fc4',
  overload: '#c92a2a',
  loadTrack: '#e1e6ed',
  loadText: '#0b1b33',
  critical: '#7a1fa2',
  slack: '#7e8fa8',
  link: '#3d4b60',
  baseline: '#8a94a3',
  compare: { first: '#b3541e', second: '#0b7285' },
  bars: {
    planned: { fill: '#eceff4', progress: '#d5dbe5', edge: '#8c98ab', text: '#2b3648' },
    ready: { fill: '#d9e8fb', progress: '#b3d1f6', edge: '#3178cf', text: '#0f3566' },
    running: { fill: '#d2f0e6', progress: '#8fd9bf', edge: '#0b8a64', text: '#063f2e' },
    paused: { fill: '#fdeccb', progress: '#f8d38b', edge: '#c77d0a', text: '#553403' },
    completed: { fill: '#e3e1ee', progress: '#e3e1ee', edge: '#a29dbd', text: '#4a4566' },
    cancelled: { fill: '#f3f3f4', progress: '#e6e6e8', edge: '#a6a9b0', text: '#5f646e' },
  },
  palette: createPalette('#ffffff', false),
};

export const darkTheme: BoardTheme = {
  fontFamily,
  surface: '#15191f',
  header: '#1a1f27',
  areaHeader: '#222934',
  areaHeaderHover: '#2a3340',
  working: '#1b2028',
  resting: '#14181e',
  restingHatch: '#1e242d',
  band: '#1f252e',
  frozen: '#6f8fbf',
  blocked: '#33241d',
  blockedLine: '#7a5440',
  blockedText: '#f2c9b2',
  rowLine: '#262d38',
  minorLine: '#222934',
  dayLine: '#3b4554',
  frameLine: '#384250',
  text: '#e6eaf0',
  textDim: '#98a4b5',
  now: '#f06595',
  nowText: '#2b0714',
  late: '#ff6b6b',
  lateText: '#2b0606',
  selected: '#8cc0ff',
  halo: '#15191f',
  allowed: '#8cc0ff',
  refused: '#ff6b6b',
  conflict: '#ffa94d',
  load: '#41659b',
  overload: '#ff6b6b',
  loadTrack: '#2b333f',
  loadText: '#ffffff',
  critical: '#d9a3ff',
  slack: '#8c9bb0',
  link: '#c3cede',
  baseline: '#8a94a3',
  compare: { first: '#ff9f6b', second: '#66d9e8' },
  bars: {
    planned: { fill: '#2c3543', progress: '#3c4859', edge: '#8391a6', text: '#dde3ec' },
    ready: { fill: '#1c3a60', progress: '#27548c', edge: '#5aa0f2', text: '#deecfd' },
    running: { fill: '#12443a', progress: '#196855', edge: '#3ccfa4', text: '#dcf7ee' },
    paused: { fill: '#4d3812', progress: '#70501a', edge: '#f0ac3d', text: '#fdf0d8' },
    completed: { fill: '#2c2a3b', progress: '#2c2a3b', edge: '#6d6790', text: '#b9b4d3' },
    cancelled: { fill: '#22262d', progress: '#2b3038', edge: '#656c78', text: '#a5acb8' },
  },
  palette: createPalette('#1b2028', true),
};
