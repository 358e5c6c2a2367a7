/** The look of the control room: cool graphite, one petrol accent, states in colours that mean something. */
import { createTheme } from '@mantine/core';
import type { CSSVariablesResolver } from '@mantine/core';

const sans =
  "'Segoe UI Variable Text', 'Segoe UI', system-ui, -apple-system, 'Helvetica Neue', 'Noto Sans', 'Liberation Sans', Arial, sans-serif";
const mono =
  "ui-monospace, 'Cascadia Mono', 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', 'Liberation Mono', monospace";

export const theme = createTheme({
  primaryColor: 'petrol',
  primaryShade: { light: 7, dark: 6 },
  autoContrast: true,
  colors: {
    petrol: [
      '#e4f5f3',
      '#cbe8e4',
      '#9bd2cb',
      '#68bbb1',
      '#46ab9f',
      '#2c9589',
      '#1a8076',
      '#0d6a62',
      '#08554f',
      '#033f3a',
    ],
    dark: [
      '#e3eae8',
      '#c3cdca',
      '#a4b1ad',
      '#74827e',
      '#3a4644',
      '#2c3735',
      '#1f2827',
      '#171e1d',
      '#111716',
      '#0b100f',
    ],
  },
  fontFamily: sans,
  fontFamilyMonospace: mono,
  headings: { fontFamily: sans, fontWeight: '650' },
  defaultRadius: 'sm',
  radius: { xs: '3px', sm: '5px', md: '8px', lg: '12px', xl: '20px' },
  fontSizes: { xs: '12px', sm: '13px', md: '14px', lg: '16px', xl: '20px' },
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Tooltip: { defaultProps: { openDelay: 350, withArrow: true } },
    ActionIcon: { defaultProps: { variant: 'subtle', color: 'gray' } },
    Modal: { defaultProps: { centered: true } },
  },
});

/** Mantine's own greys are too faint for small text; theirs follow ours (theme.css holds the values). */
export const cssVariables: CSSVariablesResolver = () => {
  const both = {
    '--mantine-color-body': 'var(--lw-canvas)',
    '--mantine-color-text': 'var(--lw-ink)',
    '--mantine-color-dimmed': 'var(--lw-ink-2)',
    '--mantine-color-placeholder': 'var(--lw-ink-2)',
    '--mantine-color-default': 'var(--lw-raised)',
    '--mantine-color-default-hover': 'var(--lw-hover)',
    '--mantine-color-default-color': 'var(--lw-ink)',
    '--mantine-color-default-border': 'var(--lw-line-strong)',
    '--mantine-color-error': 'var(--lw-bad)',
    '--mantine-color-anchor': 'var(--lw-accent)',
  };
  return { variables: {}, light: both, dark: both };
};
