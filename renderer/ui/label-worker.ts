/** Draws ZPL to PNG beside the screen's own thread. The WebAssembly stands in the bundle: nothing is fetched. */
import { zplToBase64Async } from 'zpl-renderer-js';

interface DrawRequest {
  readonly id: number;
  readonly zpl: string;
  readonly widthMm: number;
  readonly heightMm: number;
  readonly dotsPerMm: number;
}

self.addEventListener('message', (event: MessageEvent<DrawRequest>) => {
  const { id, zpl, widthMm, heightMm, dotsPerMm } = event.data;
  zplToBase64Async(zpl, widthMm, heightMm, dotsPerMm).then(
    (png) => self.postMessage({ id, png }),
    () => self.postMessage({ id, png: null }),
  );
});
