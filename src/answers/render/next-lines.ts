import type { NextStep } from '../curl-step.js';
import { formatSeconds } from './units.js';

/** Commands in full, because they are made to be pasted: each on a line of its own, however long. */
export function nextLines(next: readonly NextStep[]): string[] {
  if (next.length === 0) return [];
  return [
    '',
    'next',
    ...next.flatMap(({ why, curl, cost }) => {
      const pause =
        cost.pauseMs > 0 ? ` (pauses the server for about ${formatSeconds(cost.pauseMs / 1000)})` : '';
      return [`  ${why}${pause}`, `    ${curl}`];
    }),
  ];
}
