import { useEffect, useRef, useState, type RefObject } from 'react';
import type { BoardState, BoardStore } from './store.ts';

/** Size of a picture in CSS pixels, and how many pixels of the canvas stand in one of them. */
export interface PictureSize {
  readonly width: number;
  readonly height: number;
  readonly pixelRatio: number;
}

/**
 * A canvas that is drawn again when the board's state changes in a part that it shows, once a refresh of
 * the screen, and when its own size does. `shows` picks these parts.
 */
export function usePicture(
  store: BoardStore,
  draw: (context: CanvasRenderingContext2D, size: PictureSize) => void,
  shows: (state: BoardState) => readonly unknown[],
): RefObject<HTMLCanvasElement | null> {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext('2d', { alpha: false }) ?? null;
    if (element === null || context === null) return undefined;
    let handle = 0;
    let seen: readonly unknown[] = [];
    const run = (): void => {
      handle = 0;
      const { clientWidth: width, clientHeight: height } = element;
      const pixelRatio = window.devicePixelRatio || 1;
      if (width === 0 || height === 0) return;
      element.width = Math.round(width * pixelRatio);
      element.height = Math.round(height * pixelRatio);
      context.setTransform(pixelRatio, 0, 0, pixelRatio, 0, 0);
      draw(context, { width, height, pixelRatio });
    };
    const request = (): void => {
      if (handle === 0) handle = requestAnimationFrame(run);
    };
    const unsubscribe = store.subscribe(() => {
      const now = shows(store.state);
      if (now.every((part, index) => part === seen[index])) return;
      seen = now;
      request();
    });
    const sizes = new ResizeObserver(request);
    sizes.observe(element);
    request();
    return () => {
      cancelAnimationFrame(handle);
      unsubscribe();
      sizes.disconnect();
    };
  }, [store, draw, shows]);
  return canvas;
}

const restMs = 250;

/** The state of the board once nothing has changed for a moment: what is read aloud need not follow a drag. */
export function useRestedState(store: BoardStore): BoardState {
  const [rested, setRested] = useState(store.state);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const rest = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => setRested(store.state), restMs);
    };
    rest();
    const unsubscribe = store.subscribe(rest);
    return () => {
      clearTimeout(timer);
      unsubscribe();
    };
  }, [store]);
  return rested;
}
