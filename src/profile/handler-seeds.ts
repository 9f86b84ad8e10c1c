import type { AnyFunction } from './function-keys.js';
import type { RouteLinks } from './route-links.js';

/**
 * Tells the route links which function is the handler of which route: an async handler that was resumed after an
 * `await` is the bottom of its stack, and only its position says whose it is.
 */
export interface HandlerSeeds {
  add(row: number, handler: AnyFunction): void;
  /** Locates some of the handlers that wait; cheap enough for every tick. */
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
