/**
 * Codes and what became of them in this window. What this window sent itself is told by the answer to
 * its call; of the events it hears those of the station's own devices: a code that someone typed at
 * another screen of this core is none of its business.
 */
import { useEffect, useEffectEvent } from 'react';
import { v7 as uuidv7 } from 'uuid';
import type { UseMutationResult } from '@tanstack/react-query';
import type { ErrorShape } from '#contract/errors';
import type { ScanOutcome } from '#contract/stations';
import { useCoreEvents, useCoreMutation } from './hooks.ts';
import type { InputAt } from './paths.ts';

type ScanListener = (outcome: ScanOutcome) => void;
const listeners = new Set<ScanListener>();

export function tellScan(outcome: ScanOutcome): void {
  for (const listener of listeners) listener(outcome);
}

/** Calls `handler` for each outcome that concerns this window. */
export function useScans(handler: ScanListener): void {
  const latest = useEffectEvent(handler);
  useEffect(() => {
    const listener: ScanListener = (outcome) => latest(outcome);
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }, []);
}

/** Once in the frame: passes on what the devices of the station scanned. */
export function useDeviceScans(): void {
  useCoreEvents((event) => {
    if (event.type !== 'scan') return;
    const { source } = event.outcome;
    if (source === 'serial' || source === 'tcp' || source === 'cli') tellScan(event.outcome);
  });
}

export interface SendScan {
  send(code: string, source: 'wedge' | 'typed'): void;
  readonly busy: boolean;
}

/** Sends a code through the one door and tells the window what became of it. */
export function useSendScan(onError: (error: ErrorShape) => void): SendScan {
  const scan: UseMutationResult<ScanOutcome, ErrorShape, InputAt<'stations.scan'>> = useCoreMutation(
    'stations.scan',
    { stale: ['stations.worklist', 'stations.operation'], onSuccess: tellScan, onError },
  );
  return {
    send: (code, source) => scan.mutate({ commandId: uuidv7(), code, source }),
    busy: scan.isPending,
  };
}
