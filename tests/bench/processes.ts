/** The memory of a tree of processes. Reads /proc: Linux only. */
import { readdirSync, readFileSync } from 'node:fs';
import { processesOf } from '../../scripts/testing/processes.ts';

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // It has ended.
    return '';
  }
}

/** The process, its children and theirs. */
function treeOf(root: number): readonly number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid)) continue;
    // The command's name stands in parentheses and may hold anything: fields are counted from behind it.
    const parent = Number(
      read(`/proc/${pid}/stat`)
        .replace(/^.*\) /s, '')
        .split(' ')[1],
    );
    children.set(parent, [...(children.get(parent) ?? []), pid]);
  }
  const found = [root];
  for (const pid of found) found.push(...(children.get(pid) ?? []));
  return found;
}

function partOf(pid: number, root: number): string {
  const command = read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ');
  const type = /--type=([a-z-]+)/.exec(command)?.[1];
  if (pid === root) return 'shell';
  if (type === 'utility' && command.includes('node.mojom')) return 'core';
  if (type) return type === 'gpu-process' ? 'gpu' : type;
  if (command.includes('core-process')) return 'core';
  if (command.includes('postgres')) return 'PostgreSQL';
  return command.includes('socat') ? 'simulated wires' : 'other';
}

/**
 * Proportional set size (shared pages counted by share, proc(5)) of the tree of `root` and of whatever
 * else works in `dataDir`, as PostgreSQL does in a session of its own.
 * @returns MiB by part, with the number of processes.
 */
export function memoryByPart(
  root: number,
  dataDir: string,
): ReadonlyMap<string, { readonly mib: number; readonly processes: number }> {
  const parts = new Map<string, { mib: number; processes: number }>();
  const pids = new Set([...treeOf(root), ...processesOf(dataDir).map(({ pid }) => pid)]);
  for (const pid of pids) {
    const kib = Number(/^Pss:\s+(\d+) kB/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0);
    if (kib === 0) continue;
    const part = parts.get(partOf(pid, root)) ?? { mib: 0, processes: 0 };
    part.mib += kib / 1024;
    part.processes += 1;
    parts.set(partOf(pid, root), part);
  }
  return parts;
}
