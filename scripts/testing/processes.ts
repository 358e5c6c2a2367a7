/** Which processes belong to a folder, however far they have detached themselves. Reads /proc: Linux only. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

export interface LeftBehind {
  readonly pid: number;
  readonly command: string;
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function link(file: string): string {
  try {
    return readlinkSync(file);
  } catch {
    return '';
  }
}

/**
 * Processes that name `folder` on their command line or in their environment, or work in it (as the
 * children of PostgreSQL do). The caller itself is not counted; on other systems the list is empty.
 */
export function processesOf(folder: string): LeftBehind[] {
  if (process.platform !== 'linux') return [];
  const found: LeftBehind[] = [];
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === process.pid) continue;
    const command = read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim();
    // A zombie has neither; its parent only has not asked for its end yet.
    if (command === '') continue;
    const environment = read(`/proc/${pid}/environ`);
    const workingDir = link(`/proc/${pid}/cwd`);
    if (command.includes(folder) || environment.includes(folder) || workingDir.startsWith(folder)) {
      found.push({ pid, command });
    }
  }
  return found;
}

/** Ends them at once; for what should not be there any more. */
export function endProcesses(processes: readonly LeftBehind[]): void {
  for (const { pid } of processes) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It went by itself.
    }
  }
}
