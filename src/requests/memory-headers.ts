import type { HeapDelta } from './recorder.js';

/** Sets the headers that report a request's effect on the heap. */
export interface MemoryHeaders<T> {
  /** @param timing the application's own `Server-Timing`, to which ours is appended */
  set(target: T, delta: HeapDelta, timing: unknown): void;
}

/** Texts kept for each kind, 150 KiB in all, and the shift of a hash of 32 bits that leaves as many places. */
const KEPT = 1024;
const HASH_SHIFT = 22;

/** @param setHeader sets a header of `target` */
export function createMemoryHeaders<T>(
  setHeader: (target: T, name: string, value: string) => void,
): MemoryHeaders<T> {
  const bytes = keepTexts((value) => `${value}`);
  const timings = keepTexts(timingText);
  return {
    set(target, { deltaBytes, quality, heapUsedBytes, durationMs }, timing) {
      // As strings: Node validates a value and then appends it, and would convert a number for each.
      setHeader(target, 'x-memory-delta-bytes', bytes(deltaBytes));
      setHeader(target, 'x-memory-delta-quality', quality);
      setHeader(target, 'x-memory-heap-used-bytes', `${heapUsedBytes}`);
      const own = timings(timingKey(durationMs, deltaBytes));
      setHeader(target, 'server-timing', timing === undefined ? own : `${String(timing)}, ${own}`);
    },
  };
}

/** Tenths of a KiB, either sign, below this: 25 TiB. */
const TENTHS = 2 ** 28;

/** All that the text depends on, in one number: hundredths of a millisecond, and tenths of a KiB. */
function timingKey(durationMs: number, deltaBytes: number): number {
  const tenths = Math.min(Math.round((Math.abs(deltaBytes) / 1024) * 10), TENTHS - 1);
  const signed = deltaBytes < 0 ? -tenths : tenths;
  return Math.round(durationMs * 100) * 2 * TENTHS + signed + TENTHS;
}

function timingText(key: number): string {
  const hundredths = Math.floor(key / (2 * TENTHS));
  const signed = key - hundredths * 2 * TENTHS - TENTHS;
  const tenths = Math.abs(signed);
  return `app;dur=${decimal(hundredths, 100)}, heap;desc="${signed < 0 ? '-' : '+'}${decimal(tenths, 10)} KiB"`;
}

/** `scaled / scale` like `toFixed`, in a third of the time; `scale` is 10 for one digit, 100 for two. */
function decimal(scaled: number, scale: 10 | 100): string {
  const whole = Math.floor(scaled / scale);
  const digits = scaled - whole * scale;
  return scale === 100 && digits < 10 ? `${whole}.0${digits}` : `${whole}.${digits}`;
}

/**
 * Texts of numbers, each made once while it stays among the newest: a text takes 0.2 to 0.7 µs to make, join and flatten, and
 * requests of a route resemble one another.
 */
function keepTexts(make: (value: number) => string): (value: number) => string {
  const values = new Float64Array(KEPT).fill(NaN);
  const texts = Array.from({ length: KEPT }, () => '');
  return (value) => {
    const at = Math.imul(value ^ (value / (2 * TENTHS)), 0x9e3779b1) >>> HASH_SHIFT;
    if (values[at] === value) return texts[at]!;
    values[at] = value;
    return (texts[at] = make(value));
  };
}
