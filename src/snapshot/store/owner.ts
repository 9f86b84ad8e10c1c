import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** A process, so that another can tell whether it is still there. */
export interface Owner {
  /** The machine since it started, and the set of processes that see each other on it. */
  readonly place: string;
  readonly pid: number;
  /** When the process started, in the kernel's ticks; `0` where that cannot be known. The ids of processes are reused. */
  readonly started: string;
}

function orEmpty(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}

/** Field 22 of `/proc/[pid]/stat` (proc(5)). The second field, the command, may hold spaces and brackets. */
function startOf(pid: number): string {
  const stat = orEmpty(() => readFileSync(`/proc/${pid}/stat`, 'latin1'));
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '0';
}

export function thisOwner(): Owner {
  const place = createHash('sha256')
    .update(hostname())
    .update(orEmpty(() => readFileSync('/proc/sys/kernel/random/boot_id', 'latin1')))
    .update(orEmpty(() => readlinkSync('/proc/self/ns/pid')))
    .digest('hex')
    .slice(0, 12);
  return { place, pid: process.pid, started: startOf(process.pid) };
}

export const ownerTag = ({ place, pid, started }: Owner): string => `${place}-${pid}-${started}`;

export function parseOwnerTag(tag: string): Owner | undefined {
  const [, place, pid, started] = /^([0-9a-f]{12})-(\d{1,10})-(\d{1,20})$/.exec(tag) ?? [];
  if (place === undefined || pid === undefined || started === undefined) return undefined;
  return { place, pid: Number(pid), started };
}

/** `unknown` when the other runs on another machine, or in another container, whose processes are not seen here. */
export function lifeOf(owner: Owner, here: Owner): 'alive' | 'dead' | 'unknown' {
  if (owner.place !== here.place) return 'unknown';
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    // EPERM means that it is there and belongs to somebody else.
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return 'dead';
  }
  return startOf(owner.pid) === owner.started ? 'alive' : 'dead';
}
