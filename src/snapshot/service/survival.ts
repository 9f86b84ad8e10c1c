import { TidemarkError } from '../../base/errors.js';
import type { Preflight } from '../preflight/preflight.js';

/** @throws TIDEMARK_ERR_SNAPSHOT_REFUSED with the numbers, where there is surely too little room */
export function checkSurvival({ survives, memory, disk, decidedBy, pauseMs }: Preflight): void {
  if (survives !== 'no') return;
  const details = Object.entries({ memory, disk }).flatMap(([path, budget]) => {
    if (budget === undefined) return [];
    const [low, high, free] = [budget.needBytes.low, budget.needBytes.high, budget.freeBytes].map(Math.round);
    return [{ path, message: `needs ${low} to ${high} bytes, ${free} are free`, value: free }];
  });
  throw new TidemarkError('TIDEMARK_ERR_SNAPSHOT_REFUSED', {
    reason: `too little ${decidedBy ?? 'room'}; the pause would be about ${Math.ceil(pauseMs.value)} ms, and "force": true takes it all the same`,
    details,
  });
}
