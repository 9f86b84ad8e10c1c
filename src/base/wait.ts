import { setTimeout as delay } from 'node:timers/promises';

/**
 * Waits this many seconds without keeping the process alive; rejects with an AbortError as soon as one of the signals
 * is aborted. (Not `AbortSignal.any`: on Node 20 a signal that lives as long as the process keeps what it made.)
 */
export async function wait(seconds: number, signals: readonly AbortSignal[]): Promise<void> {
  const timer = new AbortController();
  const end = (): void => timer.abort();
  if (signals.some(({ aborted }) => aborted)) end();
  for (const signal of signals) signal.addEventListener('abort', end, { once: true });
  try {
    await delay(seconds * 1000, undefined, { ref: false, signal: timer.signal });
  } finally {
    for (const signal of signals) signal.removeEventListener('abort', end);
  }
}
