import { useEffect, useMemo, useState } from 'react';
import type { Trace } from '#contract/genealogy';
import { layeredGrid, mostForElk } from './layout.ts';
import type { LayoutAnswer, LayoutRequest, Places } from './layout.ts';

let worker: Worker | null = null;
let lastId = 0;

function elkLayout(trace: Trace, take: (places: Places | null) => void): () => void {
  worker ??= new Worker(new URL('./layout-worker.ts', import.meta.url), {
    type: 'module',
    name: 'trace-layout',
  });
  const asked = worker;
  const id = ++lastId;
  const onMessage = (event: MessageEvent<LayoutAnswer>) => {
    if (event.data.id === id) take(event.data.places && new Map(event.data.places));
  };
  const onError = () => take(null);
  asked.addEventListener('message', onMessage);
  asked.addEventListener('error', onError);
  asked.postMessage({
    id,
    nodes: trace.nodes.map((node) => node.id),
    edges: trace.edges.map(({ from, to }) => ({ from, to })),
  } satisfies LayoutRequest);
  return () => {
    asked.removeEventListener('message', onMessage);
    asked.removeEventListener('error', onError);
  };
}

/** Places for the nodes of a trace; null while they are being worked out. */
export function useLayout(trace: Trace | undefined): Places | null {
  const [elk, setElk] = useState<{ readonly trace: Trace; readonly places: Places | null } | null>(null);
  const small = trace !== undefined && trace.nodes.length <= mostForElk;
  useEffect(() => {
    if (!trace || !small) return;
    return elkLayout(trace, (places) => setElk({ trace, places }));
  }, [trace, small]);
  const grid = useMemo(
    () =>
      trace && (!small || (elk?.trace === trace && elk.places === null))
        ? layeredGrid(trace.nodes, trace.edges)
        : null,
    [trace, small, elk],
  );
  if (grid) return grid;
  return elk && elk.trace === trace ? elk.places : null;
}
