import type { ColourCategory, ColourScheme, Swatch } from '../colour-scheme.ts';
import { mix, wordOf } from './colour.ts';
import { dimmed, stripeOf, type BarColours } from './palette.ts';
import type { BarPaint } from './raster.ts';
import type { BoardTheme } from './theme.ts';

/** The colours of a category in a theme. */
export function coloursOf({ bars, palette }: BoardTheme, swatch: Swatch): BarColours {
  if (swatch.from === 'status') return bars[swatch.status];
  if (swatch.from === 'series' || swatch.from === 'steps') {
    return palette[swatch.from][swatch.index] ?? palette.neutral;
  }
  return palette[swatch.from];
}

/** A category of the scheme, ready to be painted: as pixels, and as colours for what is written on it. */
export interface CategoryPaint {
  readonly category: ColourCategory;
  readonly bright: BarPaint;
  readonly dim: BarPaint;
  readonly colours: BarColours;
  readonly dimColours: BarColours;
}

/** Grounds and lines of a theme as words. */
export interface GroundPaint {
  readonly surface: number;
  readonly areaHeader: number;
  readonly frameLine: number;
  readonly rowLine: number;
  readonly minorLine: number;
  readonly dayLine: number;
  readonly blocked: number;
  readonly blockedLine: number;
  readonly late: number;
  readonly dimLate: number;
  readonly critical: number;
  readonly slack: number;
  readonly baseline: GhostPaint;
  readonly first: GhostPaint;
  readonly second: GhostPaint;
  /** Grounds of time that is open to the planner, and of time that is frozen. */
  readonly open: TimePaint;
  readonly frozen: TimePaint;
}

export interface TimePaint {
  readonly working: number;
  readonly band: number;
  readonly resting: number;
  readonly hatch: number;
}

export interface GhostPaint {
  readonly fill: number;
  readonly edge: number;
}

export interface Paints {
  readonly ground: GroundPaint;
  readonly categories: readonly CategoryPaint[];
}

const frozenShare = 0.16;

/** Makes the paints of a theme and a scheme; kept while both stay. */
export function createPaints(): (theme: BoardTheme, scheme: ColourScheme) => Paints {
  let kept:
    | { readonly theme: BoardTheme; readonly scheme: ColourScheme; readonly paints: Paints }
    | undefined;
  return (theme, scheme) => {
    if (kept?.theme !== theme || kept.scheme !== scheme) {
      const categories = scheme.categories.map((category) => categoryPaint(theme, category));
      kept = { theme, scheme, paints: { ground: groundPaint(theme), categories } };
    }
    return kept.paints;
  };
}

function categoryPaint(theme: BoardTheme, category: ColourCategory): CategoryPaint {
  const colours = coloursOf(theme, category.swatch);
  const dimColours = dimmed(colours, theme.working);
  return { category, colours, dimColours, bright: barPaint(colours), dim: barPaint(dimColours) };
}

function barPaint({ fill, progress, edge }: BarColours): BarPaint {
  return {
    fill: wordOf(fill),
    progress: wordOf(progress),
    edge: wordOf(edge),
    stripe: wordOf(stripeOf(fill, edge)),
  };
}

function groundPaint(theme: BoardTheme): GroundPaint {
  const time = (share: number): TimePaint => ({
    working: wordOf(mix(theme.working, theme.frozen, share)),
    band: wordOf(mix(theme.band, theme.frozen, share)),
    resting: wordOf(mix(theme.resting, theme.frozen, share)),
    hatch: wordOf(mix(theme.restingHatch, theme.frozen, share)),
  });
  const ghost = (colour: string, share: number): GhostPaint => ({
    fill: wordOf(mix(theme.working, colour, share)),
    edge: wordOf(colour),
  });
  return {
    surface: wordOf(theme.surface),
    areaHeader: wordOf(theme.areaHeader),
    frameLine: wordOf(theme.frameLine),
    rowLine: wordOf(theme.rowLine),
    minorLine: wordOf(theme.minorLine),
    dayLine: wordOf(theme.dayLine),
    blocked: wordOf(theme.blocked),
    blockedLine: wordOf(theme.blockedLine),
    late: wordOf(theme.late),
    dimLate: wordOf(mix(theme.working, theme.late, 0.3)),
    critical: wordOf(theme.critical),
    slack: wordOf(theme.slack),
    baseline: ghost(theme.baseline, 0.16),
    first: ghost(theme.compare.first, 0.2),
    second: ghost(theme.compare.second, 0.2),
    open: time(0),
    frozen: time(frozenShare),
  };
}
