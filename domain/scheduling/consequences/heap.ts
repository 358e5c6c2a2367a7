/** Operations waiting to be looked at, earliest instant first; each is in it once. */
export interface Agenda {
  readonly add: (operation: number, at: number) => void;
  /** -1: empty. */
  readonly next: () => number;
}

/** A binary heap over `count` operations; adding one that waits already moves it forward only. */
export function createAgenda(count: number): Agenda {
  const heap: number[] = [];
  const keys = new Float64Array(count);
  /** Position in the heap plus one; 0: not in it. */
  const places = new Int32Array(count);

  function put(operation: number, place: number): void {
    heap[place] = operation;
    places[operation] = place + 1;
  }
  const keyAt = (place: number): number => keys[heap[place] ?? -1] ?? Infinity;

  function up(operation: number, from: number): void {
    let place = from;
    const key = keys[operation] ?? 0;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (keyAt(parent) <= key) break;
      put(heap[parent] ?? operation, place);
      place = parent;
    }
    put(operation, place);
  }

  function down(operation: number): void {
    let place = 0;
    const key = keys[operation] ?? 0;
    for (;;) {
      const left = 2 * place + 1;
      if (left >= heap.length) break;
      const child = left + 1 < heap.length && keyAt(left + 1) < keyAt(left) ? left + 1 : left;
      if (keyAt(child) >= key) break;
      put(heap[child] ?? operation, place);
      place = child;
    }
    put(operation, place);
  }

  return {
    add(operation, at) {
      const place = places[operation] ?? 0;
      if (place === 0) {
        keys[operation] = at;
        up(operation, heap.push(operation) - 1);
      } else if (at < (keys[operation] ?? 0)) {
        keys[operation] = at;
        up(operation, place - 1);
      }
    },
    next() {
      const first = heap[0];
      if (first === undefined) return -1;
      places[first] = 0;
      const last = heap.pop();
      if (last !== undefined && last !== first) down(last);
      return first;
    },
  };
}
