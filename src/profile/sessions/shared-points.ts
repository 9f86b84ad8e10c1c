import type { Point } from './point.js';

/**
 * Lets whoever asks at about the same time share one reading. Nobody gets one that was begun before he asked: it would
 * not show what he allocated until then.
 */
export function createSharedPoints(take: () => Promise<Point>): () => Promise<Point> {
  let next: Promise<Point> | undefined;
  let ended: Promise<void> = Promise.resolve();

  return async () => {
    if (next === undefined) {
      const point = ended.then(async () => {
        next = undefined;
        return take();
      });
      next = point;
      // Without its value, which is a whole reading and would be part of the next one's floor.
      ended = point.then(
        () => undefined,
        () => undefined,
      );
    }
    return next;
  };
}
