import { useCallback, useRef, type KeyboardEvent, type PointerEvent, type ReactElement } from 'react';
import { latenessMs } from './describe.ts';
import { wordOf, mixWords } from './draw/colour.ts';
import type { BoardTheme } from './draw/theme.ts';
import { countPixels, positionOf, viewAround, viewOnMap, xOnMap, type MiniMapScale } from './map-scale.ts';
import type { BoardState, BoardStore } from './store.ts';
import type { TimeAxis } from './time-axis.ts';
import type { FormatMessage } from './tools/tool.ts';
import { usePicture, useRestedState, type PictureSize } from './use-picture.ts';
import { endOf, panBy, zoomAt, type Viewport } from './viewport.ts';
import styles from './board-below.module.css';

interface MiniMapProps {
  readonly store: BoardStore;
  readonly theme: BoardTheme;
  readonly axis: TimeAxis;
  readonly now: () => number;
  readonly formatMessage: FormatMessage;
  /** The view that the planner asks for. */
  readonly onView: (viewport: Viewport) => void;
}

const shows = ({ viewport, barsByLane, layout, horizon }: BoardState): readonly unknown[] => [
  viewport,
  barsByLane,
  layout,
  horizon,
];

/**
 * The whole horizon and all lanes in a strip: the frame on it is the view, and is dragged or moved by the
 * arrow keys. To a screen reader it is a slider over the horizon.
 */
export function MiniMap({ store, theme, axis, now, formatMessage, onView }: MiniMapProps): ReactElement {
  const picture = useRef<Picture | undefined>(undefined);
  const grip = useRef<{ readonly dx: number; readonly dy: number } | undefined>(undefined);
  const draw = useCallback(
    (context: CanvasRenderingContext2D, size: PictureSize) => {
      picture.current = drawMap(context, size, store.state, theme, now(), picture.current);
    },
    [store, theme, now],
  );
  const canvas = usePicture(store, draw, shows);
  const { viewport, horizon } = useRestedState(store);

  function follow(event: PointerEvent<HTMLCanvasElement>, isFirst: boolean): void {
    const scale = scaleOf(store.state, event.currentTarget);
    const bounds = event.currentTarget.getBoundingClientRect();
    const x = event.clientX - bounds.left;
    const y = event.clientY - bounds.top;
    const box = viewOnMap(scale, store.state.viewport);
    if (isFirst) {
      const isInside = x >= box.x && x <= box.x + box.width && y >= box.y && y <= box.y + box.height;
      const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
      // Taken hold of inside the frame, it stays under the hand; beside it, the frame comes to the hand.
      grip.current = isInside ? { dx: middle.x - x, dy: middle.y - y } : { dx: 0, dy: 0 };
    }
    const { dx, dy } = grip.current ?? { dx: 0, dy: 0 };
    onView(viewAround(scale, store.state.viewport, x + dx, y + dy));
  }

  function key(event: KeyboardEvent): void {
    const next = viewAfterKey(event.key, store.state);
    if (next === undefined) return;
    event.preventDefault();
    onView(next);
  }

  return (
    <canvas
      ref={canvas}
      className={styles['map']}
      role="slider"
      tabIndex={0}
      aria-label={formatMessage({ id: 'board.map' })}
      aria-orientation="horizontal"
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={positionOf({ horizon }, viewport)}
      aria-valuetext={axis.formatRange(viewport.startsAt, endOf(viewport))}
      onKeyDown={key}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        follow(event, true);
      }}
      onPointerMove={(event) => grip.current !== undefined && follow(event, false)}
      onPointerUp={() => (grip.current = undefined)}
      onPointerCancel={() => (grip.current = undefined)}
    />
  );
}

/** Arrows move by a quarter of the view, Page keys by a view of lanes, Home and End to the ends of the horizon. */
export function viewAfterKey(key: string, { viewport, horizon }: BoardState): Viewport | undefined {
  const across = viewport.width / 4;
  const down = viewport.height / 4;
  if (key === 'ArrowLeft') return panBy(viewport, -across, 0);
  if (key === 'ArrowRight') return panBy(viewport, across, 0);
  if (key === 'ArrowUp') return panBy(viewport, 0, -down);
  if (key === 'ArrowDown') return panBy(viewport, 0, down);
  if (key === 'PageUp') return panBy(viewport, 0, -viewport.height);
  if (key === 'PageDown') return panBy(viewport, 0, viewport.height);
  if (key === 'Home') return { ...viewport, startsAt: horizon.startsAt };
  if (key === 'End') return { ...viewport, startsAt: horizon.endsAt - viewport.width * viewport.msPerPx };
  if (key === '+' || key === '=') return zoomAt(viewport, 1.5, viewport.width / 2);
  if (key === '-') return zoomAt(viewport, 1 / 1.5, viewport.width / 2);
  return undefined;
}

/** The bars as they were counted last: panning does not count them again. */
interface Picture {
  readonly key: readonly unknown[];
  readonly canvas: OffscreenCanvas;
}

function scaleOf(state: BoardState, { clientWidth, clientHeight }: HTMLCanvasElement): MiniMapScale {
  return {
    width: clientWidth,
    height: clientHeight,
    horizon: state.horizon,
    contentHeight: state.layout.contentHeight,
  };
}

function drawMap(
  context: CanvasRenderingContext2D,
  { width, height }: PictureSize,
  state: BoardState,
  theme: BoardTheme,
  now: number,
  before: Picture | undefined,
): Picture | undefined {
  const { horizon, layout, barsByLane, viewport } = state;
  const scale: MiniMapScale = { width, height, horizon, contentHeight: layout.contentHeight };
  const key = [width, height, horizon, layout, barsByLane, theme];
  let picture = before;
  if (picture === undefined || key.some((part, index) => part !== picture?.key[index])) {
    picture = countedPicture(scale, state, theme, key);
  }
  context.fillStyle = theme.resting;
  context.fillRect(0, 0, width, height);
  if (picture !== undefined) context.drawImage(picture.canvas, 0, 0, width, height);
  const box = viewOnMap(scale, viewport);
  // What is out of view steps back, so that the frame is seen without its colour.
  context.fillStyle = theme.surface;
  context.globalAlpha = 0.55;
  context.fillRect(0, 0, box.x, height);
  context.fillRect(box.x + box.width, 0, width - box.x - box.width, height);
  context.fillRect(box.x, 0, box.width, box.y);
  context.fillRect(box.x, box.y + box.height, box.width, height - box.y - box.height);
  context.globalAlpha = 1;
  context.fillStyle = theme.now;
  context.fillRect(Math.round(xOnMap(scale, now)) - 0.5, 0, 1.5, height);
  context.strokeStyle = theme.selected;
  context.lineWidth = 2;
  context.strokeRect(box.x + 1, box.y + 1, Math.max(1, box.width - 2), Math.max(1, box.height - 2));
  return picture;
}

function countedPicture(
  scale: MiniMapScale,
  { layout, barsByLane }: BoardState,
  theme: BoardTheme,
  key: readonly unknown[],
): Picture | undefined {
  const width = Math.max(1, Math.round(scale.width));
  const height = Math.max(1, Math.round(scale.height));
  const { fill, late } = countPixels(scale, layout, barsByLane, (bars, index) => {
    const operation = bars.operations[index];
    return operation !== undefined && latenessMs(operation) > 0;
  });
  const canvas = new OffscreenCanvas(width, height);
  const image = new ImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);
  const ground = wordOf(theme.working);
  const load = wordOf(theme.load);
  const overdue = wordOf(theme.late);
  for (let at = 0; at < pixels.length; at += 1) {
    const share = (fill[at] ?? 0) / 255;
    pixels[at] = mixWords(ground, late[at] === 1 ? overdue : load, share * 0.85);
  }
  canvas.getContext('2d')?.putImageData(image, 0, 0);
  return { key, canvas };
}
