import { attemptFork, type ForkTools } from './fork-attempt.js';
import { isWorthAnother, outcomeOf } from './outcome.js';
import type { SnapshotWriter } from './writer.js';

/**
 * Snapshots from a forked child: the server goes on, and pauses only for the fork. At most two attempts; the second
 * runs a full collection first, which is surer and pauses longer.
 */
export function createForkWriter(tools: ForkTools): SnapshotWriter {
  return {
    name: 'fork',
    async capture(request) {
      const first = await attemptFork(tools, 'settle', request);
      if (first.outcome === 'written' || !isWorthAnother(first)) return outcomeOf('fork', [first]);
      return outcomeOf('fork', [first, await attemptFork(tools, 'collect', request)]);
    },
  };
}
