import type { HeapDelta } from './recorder.js';

/**
 * Sets the headers that report a request's effect on the heap.
 * @param timing the application's own `Server-Timing`, to which ours is appended
 * @param set sets a header of `target`; one function for all requests, to avoid a closure for each
 */
export function setMemoryHeaders<T>(
  target: T,
  { deltaBytes, quality, heapUsedBytes, durationMs }: HeapDelta,
  timing: unknown,
  set: (target: T, name: string, value: string) => void,
): void {
  // As strings: Node validates a value and then appends it, and would convert a number for each.
  set(target, 'x-memory-delta-bytes', `${deltaBytes}`);
  set(target, 'x-memory-delta-quality', quality);
  set(target, 'x-memory-heap-used-bytes', `${heapUsedBytes}`);
  const sign = deltaBytes < 0 ? '-' : '+';
  const own = `app;dur=${decimal(durationMs, 100)}, heap;desc="${sign}${decimal(Math.abs(deltaBytes) / 1024, 10)} KiB"`;
  set(target, 'server-timing', timing === undefined ? own : `${String(timing)}, ${own}`);
}

/** Like `toFixed` for a value ≥ 0, in a third of the time; `scale` is 10 for one digit, 100 for two. */
function decimal(value: number, scale: 10 | 100): string {
  const scaled = Math.round(value * scale);
  const whole = Math.floor(scaled / scale);
  const digits = scaled - whole * scale;
  return scale === 100 && digits < 10 ? `${whole}.0${digits}` : `${whole}.${digits}`;
}
