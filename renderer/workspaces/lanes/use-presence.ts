/** Who else works on the draft, and what they have selected: said when it changes, and now and then. */
import { useCallback, useEffect, useEffectEvent, useState } from 'react';
import type { Presence } from '#contract/schedules';
import { useConnection, useCoreEvents } from '../../client/hooks.ts';

const stillHereMs = 25_000;
/** Marquees select many at a time; others hear of it when the hand rests. */
const restMs = 250;
const mostSaid = 200;

/** @param versionId null: nobody is told; the plan that holds is everyone's. */
export function usePresence(versionId: string | null, selection: ReadonlySet<string>): readonly Presence[] {
  const connection = useConnection();
  const [others, setOthers] = useState<readonly Presence[]>([]);
  const say = useCallback(
    (id: string | null, selected: ReadonlySet<string>) => {
      if (id === null) return;
      connection
        .mutate('schedules.present', { versionId: id, selection: [...selected].slice(0, mostSaid) })
        // While the core is away nobody is seen; the banner says why.
        .then(setOthers, () => setOthers([]));
    },
    [connection],
  );
  useEffect(() => {
    const soon = setTimeout(() => say(versionId, selection), restMs);
    return () => clearTimeout(soon);
  }, [say, versionId, selection]);
  const sayNow = useEffectEvent(() => say(versionId, selection));
  useEffect(() => {
    const timer = setInterval(() => sayNow(), stillHereMs);
    return () => clearInterval(timer);
  }, []);
  useCoreEvents((event) => {
    if (event.type === 'changed' && event.subject === 'schedule-presence') sayNow();
  });
  return versionId === null ? [] : others.filter((other) => other.versionId === versionId);
}
