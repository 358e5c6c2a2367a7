/** The board on the same grounds as the screens around it (theme.css); its bars keep their own colours. */
import { darkTheme, lightTheme } from './board/draw/theme.ts';
import type { BoardTheme } from './board/draw/theme.ts';

export const boardLooks: Readonly<Record<'light' | 'dark', BoardTheme>> = {
  light: {
    ...lightTheme,
    header: '#fafbfb',
    areaHeader: '#eef1f0',
    areaHeaderHover: '#e2e8e6',
    resting: '#f0f3f2',
    restingHatch: '#e2e7e5',
    rowLine: '#e4e9e7',
    minorLine: '#edf1ef',
    dayLine: '#c9d1ce',
    frameLine: '#d6dcda',
    text: '#15201d',
    textDim: '#4b5955',
    loadTrack: '#dfe5e3',
  },
  dark: {
    ...darkTheme,
    surface: '#111716',
    header: '#151c1a',
    areaHeader: '#1c2422',
    areaHeaderHover: '#26302d',
    working: '#18201e',
    resting: '#101615',
    restingHatch: '#1b2422',
    rowLine: '#222b29',
    minorLine: '#1e2725',
    dayLine: '#3a4643',
    frameLine: '#29332f',
    text: '#e4ebe9',
    textDim: '#a5b3ae',
    halo: '#111716',
    loadTrack: '#29332f',
  },
};
