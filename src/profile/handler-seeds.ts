import type { AnyFunction } from './function-keys.js';
import type { RouteLinks } from './route-links.js';

/**
 * Tells the route links which function handles which route: an async handler resumed after an `await` is the bottom of
 * its stack, and only its position shows the route.
 */
export interface HandlerSeeds {
  add(row: number, handler: AnyFunction): void;
  /** Locates some of the waiting handlers; cheap enough for every tick. */
  work(): void;
}

export interface HandlerSeedsOptions {
  readonly links: Pick<RouteLinks, 'seed'>;
  readonly locate: (functions: readonly AnyFunction[]) => readonly (string | undefined)[];
}

/** At about 70 µs each, one batch takes a millisecond. */
const BATCH = 16;

export function createHandlerSeeds({ links, locate }: HandlerSeedsOptions): HandlerSeeds {
  const waiting: { row: number; handler: AnyFunction }[] = [];
  return {
    add(row, handler) {
      waiting.push({ row, handler });
    },
    work() {
      const batch = waiting.splice(0, BATCH);
      if (batch.length === 0) return;
      const keys = locate(batch.map(({ handler }) => handler));
      for (const [i, { row }] of batch.entries()) {
        const key = keys[i];
        if (key !== undefined) links.seed(key, row);
      }
    },
  };
}
