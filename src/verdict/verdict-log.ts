import type { Clock } from '../base/clock.js';
import type { Suspects } from './attribution/suspects.js';
import { isRising, type Judgement, type VerdictName } from './verdict.js';

/** A period of one verdict. */
export interface VerdictChange {
  readonly atMs: number;
  readonly verdict: VerdictName;
  readonly confidence?: number;
  /** This and the rest describe what rises, as last known while the verdict lasted. */
  readonly bytesPerSecond?: number;
  readonly route?: string;
  readonly site?: string;
}

/** The changes of the verdict since the start, oldest first, bounded. */
export interface VerdictLog {
  readonly changes: readonly VerdictChange[];
  /** Changes dropped because the log was full. */
  readonly dropped: number;
  /** Records the current verdict; an unchanged one only updates its entry. */
  note(judgement: Judgement, atMs: number, suspects?: Suspects): void;
  /**
   * Asks for the verdict and notes it, if it is time. Judging costs some ten milliseconds at full history, so that it
   * is asked for every ten seconds at most, and no more often than keeps it below a thousandth of the time.
   */
  follow(source: VerdictSource, clock: Clock): void;
}

export interface VerdictSource {
  judgement(): Judgement | undefined;
  suspects(): Suspects;
}

const LEAST_SPACING_MS = 10_000;
const SPACING_PER_COST = 1000;

export function createVerdictLog(capacity = 100): VerdictLog {
  const changes: VerdictChange[] = [];
  let dropped = 0;
  let dueMs = -Infinity;
  const log: VerdictLog = {
    changes,
    get dropped() {
      return dropped;
    },
    note(judgement, atMs, suspects) {
      const last = changes.at(-1);
      if (last?.verdict === judgement.verdict) {
        changes[changes.length - 1] = { ...last, ...known(judgement, suspects) };
        return;
      }
      changes.push({ atMs, verdict: judgement.verdict, ...known(judgement, suspects) });
      if (changes.length <= capacity) return;
      changes.shift();
      dropped += 1;
    },
    follow(source, clock) {
      const startedMs = clock.monotonic();
      if (startedMs < dueMs) return;
      dueMs = startedMs + LEAST_SPACING_MS;
      const judgement = source.judgement();
      if (judgement === undefined) return;
      log.note(judgement, clock.wall(), isRising(judgement) ? source.suspects() : undefined);
      const endedMs = clock.monotonic();
      dueMs = endedMs + Math.max(LEAST_SPACING_MS, (endedMs - startedMs) * SPACING_PER_COST);
    },
  };
  return log;
}

function known(
  judgement: Judgement,
  suspects: Suspects | undefined,
): Omit<VerdictChange, 'atMs' | 'verdict'> {
  const route = suspects?.routes[0]?.route;
  const site = suspects?.sites[0];
  return {
    ...('confidence' in judgement && { confidence: judgement.confidence }),
    ...(isRising(judgement) && {
      bytesPerSecond: Math.round(judgement.growth.bytesPerSecond.value),
      ...(route !== undefined && { route }),
      ...(site !== undefined && {
        site: site.file === '' ? site.function : `${site.file}:${site.line} ${site.function}`,
      }),
    }),
  };
}
