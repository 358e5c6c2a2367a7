import { accept, type Outcome, refuse } from '../refusal.ts';
import type { OperationStatus } from '../scheduling/types.ts';
import type { PrintedAction } from './parse-scan.ts';

/** What is reported on an operation, and booked. */
export type OperationAction = 'start' | 'pause' | 'resume' | 'complete';

export type ActionRefusal =
  | 'operation-finished'
  | 'operation-not-started'
  | 'operation-already-running'
  | 'operation-already-paused';

/** What a scan of the plain code does: start, pause what runs, resume what is paused; nothing once finished. */
export function naturalAction(status: OperationStatus): OperationAction | undefined {
  const next: Partial<Record<OperationStatus, OperationAction>> = {
    planned: 'start',
    ready: 'start',
    running: 'pause',
    paused: 'resume',
  };
  return next[status];
}

/** The status that an operation has once an action is booked. */
export function statusAfter(action: OperationAction): OperationStatus {
  if (action === 'complete') return 'completed';
  return action === 'pause' ? 'paused' : 'running';
}

/**
 * What a scan (or a button) means for an operation of that status: the natural next step, or what the
 * printed code asks for. START on a paused one resumes it; COMPLETE also ends a paused one.
 */
export function decideAction(
  status: OperationStatus,
  requested?: PrintedAction | 'resume',
): Outcome<OperationAction, ActionRefusal> {
  const natural = naturalAction(status);
  if (natural === undefined) return refuse('operation-finished', { status });
  if (requested === undefined) return accept(natural);
  if (requested === 'start' || requested === 'resume') {
    if (natural === 'pause') return refuse('operation-already-running');
    return requested === 'resume' && natural === 'start' ? refuse('operation-not-started') : accept(natural);
  }
  if (natural === 'start') return refuse('operation-not-started');
  if (requested === 'pause' && natural === 'resume') return refuse('operation-already-paused');
  return accept(requested);
}
