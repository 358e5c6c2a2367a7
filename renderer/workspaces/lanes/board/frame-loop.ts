import type { DrawFrame, FrameLook } from './draw/scene.ts';
import type { BoardStore } from './store.ts';

export interface FrameLoop {
  /** Something is to be drawn at the next refresh of the screen. */
  request(): void;
  stop(): void;
}

/**
 * Draws the board when it is dirty, and only then: one request a refresh, none while nothing changes.
 * `onFrame` runs before drawing (animations); true asks for another frame.
 */
export function createFrameLoop(
  canvas: HTMLCanvasElement,
  store: BoardStore,
  drawFrame: DrawFrame,
  lookNow: () => Omit<FrameLook, 'pixelRatio'>,
  onFrame: (elapsedMs: number) => boolean,
): FrameLoop {
  // The board paints every pixel itself; without alpha the compositor has less to do.
  const context = canvas.getContext('2d', { alpha: false, willReadFrequently: !hasGraphicsCard() });
  let handle = 0;
  let last: number | undefined;

  function run(at: number): void {
    handle = 0;
    // After a pause the first step is one ordinary frame, not the length of the pause.
    const again = onFrame(last === undefined ? 16 : Math.min(64, at - last));
    last = again ? at : undefined;
    const { width, height } = store.state;
    const pixelRatio = window.devicePixelRatio || 1;
    const pixelWidth = Math.round(width * pixelRatio);
    const pixelHeight = Math.round(height * pixelRatio);
    if (canvas.width !== pixelWidth) canvas.width = pixelWidth;
    if (canvas.height !== pixelHeight) canvas.height = pixelHeight;
    if (context !== null) drawFrame(context, store, { ...lookNow(), pixelRatio });
    if (again) request();
  }

  function request(): void {
    if (handle === 0) handle = requestAnimationFrame(run);
  }

  return {
    request,
    stop() {
      cancelAnimationFrame(handle);
      handle = -1;
    },
  };
}

/** Without one (a remote desktop, a machine in a rack) the canvas is better kept in memory from the start. */
function hasGraphicsCard(): boolean {
  const probe = document.createElement('canvas').getContext('webgl', { failIfMajorPerformanceCaveat: true });
  probe?.getExtension('WEBGL_lose_context')?.loseContext();
  return probe !== null;
}
