import { connectInput } from './dom-input.ts';
import { createDrawFrame } from './draw/scene.ts';
import type { BoardTheme } from './draw/theme.ts';
import { createBoardEditor, type BoardEditor, type BoardOwner } from './editor.ts';
import { createFrameLoop } from './frame-loop.ts';
import { createBoardStore, type BoardStore, type Horizon } from './store.ts';
import type { TimeAxis } from './time-axis.ts';

/** What changes about the look and the clock of a board while it stands on a page. */
export interface BoardLook {
  readonly theme: BoardTheme;
  readonly axis: TimeAxis;
  readonly now: () => number;
  readonly nowLabel: string;
}

/** An editor that can be put on a page: its clock, its frames and its input are the browser's. */
export interface MountedBoard {
  readonly editor: BoardEditor;
  setLook(look: BoardLook): void;
  /** Draws on `canvas` in the size of `root`, listens on `surface`; returns how to take it off again. */
  mount(parts: {
    readonly root: HTMLElement;
    readonly canvas: HTMLCanvasElement;
    readonly surface: HTMLElement;
    readonly announce: (text: string) => void;
  }): () => void;
}

const clockMs = 1000;
const daysAtFirst = 3;
const dayMs = 86_400_000;

export function createMountedBoard(owner: BoardOwner, horizon: Horizon, firstLook: BoardLook): MountedBoard {
  let look = firstLook;
  let requestFrame = (): void => {};
  let announce = (_text: string): void => {};
  const store = storeAround(horizon, look.now());
  const editor = createBoardEditor(store, owner, look.axis, {
    now: () => look.now(),
    schedule(delayMs, action) {
      const timer = setTimeout(action, delayMs);
      return () => clearTimeout(timer);
    },
    requestFrame: () => requestFrame(),
    announce: (text) => announce(text),
    reducedMotion: () => matchMedia('(prefers-reduced-motion: reduce)').matches,
  });

  return {
    editor,
    setLook(next) {
      look = next;
      editor.setAxis(next.axis);
      requestFrame();
    },
    mount({ root, canvas, surface, announce: say }) {
      announce = say;
      const loop = createFrameLoop(
        canvas,
        store,
        createDrawFrame(),
        () => ({ ...look, now: look.now() }),
        (elapsedMs) => editor.frame(elapsedMs),
      );
      requestFrame = () => loop.request();
      const measure = (): void => {
        const { clientWidth: width, clientHeight: height } = root;
        if (width > 0 && height > 0) store.update({ width, height });
      };
      const sizes = new ResizeObserver(measure);
      sizes.observe(root);
      measure();
      const unsubscribe = store.subscribe(() => {
        loop.request();
        if (surface.style.cursor !== store.state.cursor) surface.style.cursor = store.state.cursor;
      });
      const disconnect = connectInput(surface, editor);
      // The clock moves the now line; a frame a second costs nothing and is never late.
      const clock = setInterval(() => loop.request(), clockMs);
      loop.request();
      return () => {
        clearInterval(clock);
        disconnect();
        unsubscribe();
        sizes.disconnect();
        loop.stop();
        editor.dispose();
        requestFrame = () => {};
      };
    },
  };
}

/** The first view: three days, the present a fifth from the left. */
function storeAround(horizon: Horizon, now: number): BoardStore {
  const store = createBoardStore(horizon);
  const { viewport } = store.state;
  const at = Math.min(Math.max(now, horizon.startsAt), horizon.endsAt);
  const msPerPx = (daysAtFirst * dayMs) / viewport.width;
  store.update({ viewport: { ...viewport, msPerPx, startsAt: at - viewport.width * 0.2 * msPerPx } });
  return store;
}
