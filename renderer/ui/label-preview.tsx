/** A label as the printer will draw it, from the same ZPL. */
import { useEffect, useState } from 'react';
import { Skeleton } from '@mantine/core';
import { useText } from './messages.ts';

interface Picture {
  readonly zpl: string;
  /** data: URL; null when the ZPL could not be drawn. */
  readonly source: string | null;
}

type DrawAnswer = { readonly id: number; readonly png: string | null };
const waiting = new Map<number, (png: string | null) => void>();
let worker: Worker | null = null;
let lastId = 0;

/** Draws in a worker: the renderer is 8 MB of WebAssembly and takes up to a quarter second a label. */
function draw(zpl: string, widthMm: number, heightMm: number, dotsPerMm: number): Promise<string | null> {
  if (!worker) {
    worker = new Worker(new URL('./label-worker.ts', import.meta.url), {
      type: 'module',
      name: 'label-preview',
    });
    worker.addEventListener('message', (event: MessageEvent<DrawAnswer>) => {
      waiting.get(event.data.id)?.(event.data.png);
      waiting.delete(event.data.id);
    });
    worker.addEventListener('error', () => {
      for (const answer of waiting.values()) answer(null);
      waiting.clear();
      worker = null;
    });
  }
  const id = ++lastId;
  const to = worker;
  return new Promise((resolve) => {
    waiting.set(id, resolve);
    to.postMessage({ id, zpl, widthMm, heightMm, dotsPerMm });
  });
}

export function LabelPreview({
  zpl,
  alt,
  widthMm = 100,
  heightMm = 150,
  dotsPerMm = 8,
}: {
  readonly zpl: string;
  readonly alt: string;
  readonly widthMm?: number;
  readonly heightMm?: number;
  readonly dotsPerMm?: number;
}) {
  const text = useText();
  const [picture, setPicture] = useState<Picture | null>(null);
  useEffect(() => {
    let shown = true;
    void draw(zpl, widthMm, heightMm, dotsPerMm).then((png) => {
      if (shown) setPicture({ zpl, source: png && `data:image/png;base64,${png}` });
      return png;
    });
    return () => void (shown = false);
  }, [zpl, widthMm, heightMm, dotsPerMm]);

  const ratio = `${widthMm} / ${heightMm}`;
  if (picture?.zpl !== zpl) {
    return (
      <Skeleton
        className="lw-label"
        style={{ aspectRatio: ratio }}
        role="img"
        aria-label={text('app.loading')}
      />
    );
  }
  if (!picture.source) return <p className="lw-label lw-label-failed">{text('app.label-not-drawn')}</p>;
  return <img className="lw-label" src={picture.source} alt={alt} style={{ aspectRatio: ratio }} />;
}
