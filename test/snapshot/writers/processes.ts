import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';

interface ProcessLine {
  readonly pid: number;
  readonly name: string;
  readonly state: string;
  readonly parent: number;
}

function readProcess(pid: number): ProcessLine | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const end = stat.lastIndexOf(')');
    const [state = '', parent] = stat.slice(end + 2).split(' ');
    return { pid, name: stat.slice(stat.indexOf('(') + 1, end), state, parent: Number(parent) };
  } catch {
    return undefined;
  }
}

/** Children of this process, zombies too. */
export function childProcesses(): ProcessLine[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => readProcess(Number(name)) ?? [])
    .filter(({ parent }) => parent === process.pid);
}

/** The forked child that writes a snapshot, as soon as there is one that is not in `known`. */
export async function snapshotChild(known: readonly number[] = []): Promise<number> {
  for (;;) {
    const child = childProcesses().find(({ name, pid }) => name === 'tidemark-snap' && !known.includes(pid));
    if (child !== undefined) return child.pid;
    await turn();
  }
}

/** What each descriptor of this process is, by number. */
export function descriptors(): Map<string, string> {
  const open = new Map<string, string>();
  for (const fd of readdirSync('/proc/self/fd')) {
    try {
      open.set(fd, readlinkSync(`/proc/self/fd/${fd}`));
    } catch {
      // The one that listed the folder.
    }
  }
  return open;
}
