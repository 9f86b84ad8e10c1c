import { readFileSync } from 'node:fs';

/** The progress of a child. A field is absent where the kernel does not tell. */
export interface ChildProgress {
  /** Processor time it has used, in clock ticks. */
  readonly cpuTicks?: number;
  /** Bytes it has written, the few before the snapshot included. */
  readonly writtenBytes?: number;
  /** Resident memory including shared pages, now and at its peak. */
  readonly residentBytes?: number;
  readonly peakResidentBytes?: number;
}

/** Processor time in the text of `/proc/<pid>/stat`. The command may hold anything; fields count from the last bracket. */
export function cpuTicksOf(stat: string): number | undefined {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(fields[11]) + Number(fields[12]);
  return Number.isSafeInteger(ticks) ? ticks : undefined;
}

export function writtenBytesOf(io: string): number | undefined {
  const text = /^wchar: (\d+)$/m.exec(io)?.[1];
  return text === undefined ? undefined : Number(text);
}

/** A line like `VmHWM:\t  504 kB` in the text of `/proc/<pid>/status`. */
export function statusBytesOf(status: string, name: string): number | undefined {
  const kilobytes = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
}

/**
 * Three small reads, 60 µs. Works for a zombie as well, until it is reaped. A zombie has no memory any more.
 * Formats: proc_pid_stat(5), proc_pid_io(5), proc_pid_status(5).
 */
export function readChildProgress(pid: number): ChildProgress {
  const cpuTicks = cpuTicksOf(readIfAllowed(`/proc/${pid}/stat`));
  const writtenBytes = writtenBytesOf(readIfAllowed(`/proc/${pid}/io`));
  const status = readIfAllowed(`/proc/${pid}/status`);
  const residentBytes = statusBytesOf(status, 'VmRSS');
  const peakResidentBytes = statusBytesOf(status, 'VmHWM');
  return {
    ...(residentBytes !== undefined && { residentBytes }),
    ...(peakResidentBytes !== undefined && { peakResidentBytes }),
    ...(cpuTicks !== undefined && { cpuTicks }),
    ...(writtenBytes !== undefined && { writtenBytes }),
  };
}

/** Kernels without the accounting and processes with file capabilities refuse it: then less is known. */
function readIfAllowed(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
