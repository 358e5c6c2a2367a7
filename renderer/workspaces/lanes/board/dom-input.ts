import type { BoardEditor } from './editor.ts';
import type { KeyInput, PointerInput } from './tools/tool.ts';

type Drag = Pick<MouseEvent, 'clientX' | 'clientY'>;
type Held = Pick<MouseEvent, 'shiftKey' | 'ctrlKey' | 'metaKey' | 'altKey'>;

function held({ shiftKey, ctrlKey, metaKey, altKey }: Held) {
  return { shift: shiftKey, command: ctrlKey || metaKey, alt: altKey };
}

/**
 * Hands the browser's events on `surface` to the editor, in the surface's own pixels.
 * Returns a function that lets go of all listeners.
 */
export function connectInput(surface: HTMLElement, editor: BoardEditor): () => void {
  const off = new AbortController();
  const { signal } = off;

  function place(event: Drag): { readonly x: number; readonly y: number } {
    const box = surface.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }
  function pointer(event: PointerEvent): PointerInput {
    const kind = event.pointerType;
    const pointerType = kind === 'touch' || kind === 'pen' ? kind : 'mouse';
    const { pointerId, button } = event;
    return { ...place(event), ...held(event), pointerId, pointerType, button };
  }
  /** The same from a drag and drop of the browser, which has no pointer. */
  const dragged = (event: DragEvent): PointerInput => ({
    ...place(event),
    ...held(event),
    pointerId: 0,
    pointerType: 'mouse',
    button: 0,
  });
  const key = (event: KeyboardEvent): KeyInput => ({
    key: event.key,
    ...held(event),
  });
  const isDroppingIn = (): boolean => editor.toolName() === 'drop-in';

  surface.addEventListener(
    'pointerdown',
    (event) => {
      if (event.button > 1) return;
      surface.setPointerCapture(event.pointerId);
      editor.pointerDown(pointer(event));
      // The middle button pans; it is not to start the browser's own scrolling.
      if (event.button === 1) event.preventDefault();
    },
    { signal },
  );
  surface.addEventListener('pointermove', (event) => !isDroppingIn() && editor.pointerMove(pointer(event)), {
    signal,
  });
  surface.addEventListener('pointerup', (event) => !isDroppingIn() && editor.pointerUp(pointer(event)), {
    signal,
  });
  surface.addEventListener(
    'contextmenu',
    (event) => {
      event.preventDefault();
      // By keyboard it has come as a key already; a finger's long press is the press tool's.
      const byMouse = !(event instanceof PointerEvent) || event.pointerType === 'mouse';
      if (event.button === 2 && byMouse) {
        const { x, y } = place(event);
        editor.contextMenu(x, y);
      }
    },
    { signal },
  );
  surface.addEventListener('pointercancel', () => editor.pointerCancel(), { signal });
  surface.addEventListener('pointerleave', () => editor.pointerLeave(), { signal });
  surface.addEventListener(
    'wheel',
    (event) => {
      event.preventDefault();
      const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
      editor.wheel({
        ...place(event),
        deltaX: event.deltaX * unit,
        deltaY: event.deltaY * unit,
        shift: event.shiftKey,
        command: event.ctrlKey || event.metaKey,
      });
    },
    { signal, passive: false },
  );
  surface.addEventListener(
    'keydown',
    (event) => {
      // Buttons in the accessible grid (the areas) keep Enter and Space for themselves.
      if (event.target !== surface && (event.key === 'Enter' || event.key === ' ')) return;
      if (editor.keyDown(key(event))) event.preventDefault();
    },
    { signal },
  );
  surface.addEventListener('keyup', (event) => editor.keyUp(key(event)), { signal });
  surface.addEventListener('focusin', () => editor.focus(), { signal });
  surface.addEventListener('focusout', () => editor.blur(), { signal });

  // An operation dragged in from outside, either by HTML drag and drop or by pointer events.
  surface.addEventListener(
    'dragover',
    (event) => {
      if (!isDroppingIn()) return;
      event.preventDefault();
      editor.pointerMove(dragged(event));
    },
    { signal },
  );
  surface.addEventListener('dragleave', () => isDroppingIn() && editor.pointerLeave(), { signal });
  surface.addEventListener(
    'drop',
    (event) => {
      if (!isDroppingIn()) return;
      event.preventDefault();
      editor.pointerUp(dragged(event));
    },
    { signal },
  );
  window.addEventListener('dragend', () => editor.endExternalDrag(), { signal });
  window.addEventListener('pointermove', (event) => isDroppingIn() && editor.pointerMove(pointer(event)), {
    signal,
  });
  window.addEventListener('pointerup', (event) => isDroppingIn() && editor.pointerUp(pointer(event)), {
    signal,
  });
  window.addEventListener(
    'keydown',
    (event) => {
      if (isDroppingIn() && event.key === 'Escape') editor.endExternalDrag();
    },
    { signal },
  );
  return () => off.abort();
}
