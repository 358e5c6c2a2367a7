/** Takes the embedded database away from a control room, and gives it back. */
import { readlinkSync } from 'node:fs';
import { processesOf } from '../../../scripts/testing/processes.ts';

function databaseProcesses(dataDir: string): number[] {
  return processesOf(dataDir)
    .filter(({ pid }) => {
      try {
        return readlinkSync(`/proc/${pid}/exe`).endsWith('/postgres');
      } catch {
        return false;
      }
    })
    .map(({ pid }) => pid);
}

function signalAll(dataDir: string, signal: NodeJS.Signals): void {
  const pids = databaseProcesses(dataDir);
  if (pids.length === 0) throw new Error(`no database runs in ${dataDir}`);
  for (const pid of pids) process.kill(pid, signal);
}

/** From now on it takes nothing and says nothing, as behind a dead network: no connection is closed. */
export function freezeDatabase(dataDir: string): void {
  signalAll(dataDir, 'SIGSTOP');
}

export function thawDatabase(dataDir: string): void {
  signalAll(dataDir, 'SIGCONT');
}
