import { defaultThresholds, type Thresholds } from '../../../src/verdict/thresholds.js';
import type { RunRecord } from './record.js';
import { replay } from './replay.js';
import { scoreRun } from './score.js';

/** Results of a family with thresholds that were fitted to all others. */
export interface HeldOut {
  readonly family: string;
  readonly runs: number;
  readonly thresholds: Partial<Thresholds>;
  readonly classRight: number;
  readonly leaks: number;
  readonly found: number;
  readonly innocents: number;
  readonly alleged: number;
}

interface Outcome {
  readonly isLeak: boolean;
  readonly classRight: boolean;
  readonly alleged: boolean;
}

const MEBIBYTE = 1024 * 1024;
/** Among equals the first wins: the larger bytes, which allege less. */
const grid: readonly Partial<Thresholds>[] = [0.5, 2 / 3, 0.8].flatMap((steadyPace) =>
  [2, 1, 0.5].flatMap((mebibytes) =>
    [0, 2, 6].flatMap((stepGain) =>
      [0.3, 0.5, 0.7].map((stallPace) => ({
        steadyPace,
        materialBytes: mebibytes * MEBIBYTE,
        stepGain,
        stallPace,
      })),
    ),
  ),
);

/**
 * Leaves out each family in turn, fits the thresholds to the others, and scores the family with them, so that none of
 * its scenarios influences its own figures.
 */
export function holdOut(runs: readonly RunRecord[], progress: (done: number, of: number) => void): HeldOut[] {
  const outcomes = grid.map((thresholds, i) => {
    progress(i, grid.length);
    return runs.map((run): Outcome => scoreRun(replay(run, { ...defaultThresholds, ...thresholds })));
  });
  const families = [...new Set(runs.map(({ family }) => family))];
  return families.map((family) => {
    const inside = (i: number): boolean => runs[i]!.family === family;
    const worth = (one: readonly Outcome[]): number =>
      one.reduce((sum, outcome, i) => sum + (inside(i) ? 0 : worthOf(outcome)), 0);
    const values = outcomes.map(worth);
    const best = values.indexOf(Math.max(...values));
    const held = outcomes[best]!.filter((_, i) => inside(i));
    const leaks = held.filter(({ isLeak }) => isLeak);
    const innocents = held.filter(({ isLeak }) => !isLeak);
    return {
      family,
      runs: held.length,
      thresholds: grid[best]!,
      classRight: held.filter(({ classRight }) => classRight).length,
      leaks: leaks.length,
      found: leaks.filter(({ alleged }) => alleged).length,
      innocents: innocents.length,
      alleged: innocents.filter(({ alleged }) => alleged).length,
    };
  });
}

/** A false alarm costs more than a wrong class. */
function worthOf({ isLeak, classRight, alleged }: Outcome): number {
  return (classRight ? 1 : 0) + (isLeak === alleged ? 2 : 0);
}
