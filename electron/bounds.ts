import { readFileSync, renameSync, writeFileSync } from 'node:fs';

/** Place of a window, in device-independent pixels of the whole desktop. Without x and y it is centred. */
export interface Bounds {
  readonly x?: number | undefined;
  readonly y?: number | undefined;
  readonly width: number;
  readonly height: number;
  readonly maximized: boolean;
}

interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const defaultBounds: Bounds = { width: 1440, height: 900, maximized: false };

/** How much of the title bar must lie on a screen for the window to be grasped, px. */
const graspWidth = 120;
const graspHeight = 40;

function field(value: object, name: string): number | undefined {
  const found: unknown = Reflect.get(value, name);
  return typeof found === 'number' && Number.isFinite(found) ? Math.round(found) : undefined;
}

/**
 * Remembered bounds fitted to the screens that are there now: a window left on a screen that was
 * unplugged comes back to the middle of the main one, a larger one is cut to its screen.
 * @param workAreas of the displays, main one first.
 */
export function fitBounds(remembered: unknown, workAreas: readonly Rectangle[]): Bounds {
  const main = workAreas[0];
  const fit = (bounds: Bounds, area: Rectangle | undefined): Bounds => ({
    ...bounds,
    width: Math.min(bounds.width, area?.width ?? bounds.width),
    height: Math.min(bounds.height, area?.height ?? bounds.height),
  });
  if (typeof remembered !== 'object' || remembered === null) return fit(defaultBounds, main);
  const [x, y] = [field(remembered, 'x'), field(remembered, 'y')];
  const width = Math.max(field(remembered, 'width') ?? defaultBounds.width, 320);
  const height = Math.max(field(remembered, 'height') ?? defaultBounds.height, 240);
  const maximized = Reflect.get(remembered, 'maximized') === true;
  if (x === undefined || y === undefined) return fit({ width, height, maximized }, main);
  const area = workAreas.find(
    (screen) =>
      Math.min(x + width, screen.x + screen.width) - Math.max(x, screen.x) >= graspWidth &&
      y >= screen.y &&
      y <= screen.y + screen.height - graspHeight,
  );
  return area ? fit({ x, y, width, height, maximized }, area) : fit({ width, height, maximized }, main);
}

/** What the file of remembered bounds holds; `null` when there is none or it cannot be read. */
export function readBounds(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}

/** Written beside and renamed, so that a power cut leaves the old file or the new one. */
export function writeBounds(file: string, bounds: Bounds): void {
  writeFileSync(`${file}.new`, JSON.stringify(bounds));
  renameSync(`${file}.new`, file);
}
