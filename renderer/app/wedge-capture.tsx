/** Keyboard-wedge scanners: a burst of keys anywhere in the window is a code, whatever has the focus. */
import { useEffect, useEffectEvent, useRef } from 'react';
import { feedWedge, wedgeIdle } from '#domain/scanning/wedge';
import type { WedgeState } from '#domain/scanning/wedge';

interface Before {
  readonly field: HTMLInputElement | HTMLTextAreaElement;
  readonly value: string;
}

/** @param onUnreadable a code came whose characters this keyboard layout cannot tell. */
export function useWedgeCapture(onCode: (code: string) => void, onUnreadable: () => void): void {
  const state = useRef<WedgeState>(wedgeIdle);
  const before = useRef<Before | null>(null);

  const onKey = useEffectEvent((event: KeyboardEvent) => {
    const step = feedWedge(state.current, {
      key: event.key,
      at: event.timeStamp,
      ctrl: event.ctrlKey,
      alt: event.altKey,
      meta: event.metaKey,
      altGraph: event.getModifierState('AltGraph'),
      repeat: event.repeat,
    });
    state.current = step.state;
    // The first keys went into the field before anyone could know that they are a scan.
    if (step.state.keys === 1) before.current = fieldOf(event.target);
    if (step.scanning) {
      event.preventDefault();
      event.stopPropagation();
      if (before.current) restore(before.current);
    }
    if (step.code !== undefined) onCode(step.code);
    if (step.unreadable) onUnreadable();
    if (step.code !== undefined || step.unreadable) before.current = null;
  });

  useEffect(() => {
    const listener = (event: KeyboardEvent) => onKey(event);
    // Capturing: before any field or shortcut sees the key.
    window.addEventListener('keydown', listener, true);
    return () => window.removeEventListener('keydown', listener, true);
  }, []);
}

function fieldOf(target: EventTarget | null): Before | null {
  if (!(target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement)) return null;
  return { field: target, value: target.value };
}

/** Sets the value as React sees it: through the element's own setter, with an input event. */
function restore({ field, value }: Before): void {
  if (field.value === value) return;
  const prototype =
    field instanceof HTMLInputElement ? HTMLInputElement.prototype : HTMLTextAreaElement.prototype;
  Object.getOwnPropertyDescriptor(prototype, 'value')?.set?.call(field, value);
  field.dispatchEvent(new Event('input', { bubbles: true }));
}
