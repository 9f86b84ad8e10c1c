import type { HeapDelta } from './recorder.js';

/**
 * Sets the headers that report a request's effect on the heap.
 *
 * Caches no text for later requests: retention windows would count it as memory that the request left behind.
 *
 * @param timing the application's own `Server-Timing`, to which ours is appended
 * @param setHeader sets a header of `target`
 */
export function setMemoryHeaders<T>(
  target: T,
  { deltaBytes, quality, heapUsedBytes, durationMs }: HeapDelta,
  timing: unknown,
  setHeader: (target: T, name: string, value: string) => void,
): void {
  const own = timingText(durationMs, deltaBytes);
  // As strings: Node validates a value and then appends it, and would convert a number for each.
  setHeader(target, 'x-memory-delta-bytes', `${deltaBytes}`);
  setHeader(target, 'x-memory-delta-quality', quality);
  setHeader(target, 'x-memory-heap-used-bytes', `${heapUsedBytes}`);
  setHeader(target, 'server-timing', timing === undefined ? own : `${String(timing)}, ${own}`);
}

function timingText(durationMs: number, deltaBytes: number): string {
  const tenths = Math.round((Math.abs(deltaBytes) / 1024) * 10);
  const sign = deltaBytes < 0 && tenths > 0 ? '-' : '+';
  return `app;dur=${decimal(Math.round(durationMs * 100), 100)}, heap;desc="${sign}${decimal(tenths, 10)} KiB"`;
}

/** `scaled / scale` like `toFixed`, in a third of the time; `scale` is 10 for one digit, 100 for two. */
function decimal(scaled: number, scale: 10 | 100): string {
  const whole = Math.floor(scaled / scale);
  const digits = scaled - whole * scale;
  return scale === 100 && digits < 10 ? `${whole}.0${digits}` : `${whole}.${digits}`;
}
