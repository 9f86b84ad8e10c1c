import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { isComplete, type LeakAnswer } from './answer.js';
import { readHeap, readVerdict } from './observer.js';
import type { Progress } from './progress.js';
import type { ShopProcess } from './shop-process.js';
import type { Traffic } from './traffic.js';

export interface Watched {
  answer: LeakAnswer;
  verdictsOnTheWay: Set<string>;
}

export interface WatchedRun {
  shop: Pick<ShopProcess, 'origin' | 'ended'>;
  traffic: Pick<Traffic, 'counts'>;
  progress: Progress;
  /** Maximum time to wait for a leak to be named. */
  limitSeconds: number;
  pollMs: number;
}

const SILENCES_ENDURED = 3;

/**
 * Polls the verdict under traffic until a leak has been named with route and site, or the time is up.
 * Rejects if the shop has ended, if it stops answering, or if the signal is aborted.
 */
export async function watch(
  { shop, traffic, progress, limitSeconds, pollMs }: WatchedRun,
  signal: AbortSignal,
): Promise<Watched> {
  const begin = performance.now();
  const verdictsOnTheWay = new Set<string>();
  let silences = 0;
  for (;;) {
    await sleep(pollMs, undefined, { signal });
    if (shop.ended !== undefined) throw new Error(`the shop ended ${shop.ended}`);
    const elapsedSeconds = (performance.now() - begin) / 1_000;
    try {
      const answer = await readVerdict(shop.origin);
      const heap = await readHeap(shop.origin);
      silences = 0;
      verdictsOnTheWay.add(answer.verdict);
      progress.show({ elapsedSeconds, limitSeconds, counts: traffic.counts, heap, verdict: answer.verdict });
      if (isComplete(answer) || elapsedSeconds >= limitSeconds) return { answer, verdictsOnTheWay };
    } catch (error) {
      if (++silences >= SILENCES_ENDURED) throw error;
    }
  }
}
