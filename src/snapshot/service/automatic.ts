import path from 'node:path';
import { readStateFile, writeStateFile } from '../../cost/state-file.js';
import { isRefusal, TidemarkError } from '../../base/errors.js';
import type { Clock } from '../../base/clock.js';
import type { Inspection } from './service.js';

/** What is looked at. */
export interface AutomaticReading {
  /** Whether the verdict alleges a leak. */
  readonly isAlleged: boolean;
  /** Used memory over the effective limit; undefined where that is not known. */
  readonly usedRatio: number | undefined;
}

export interface AutomaticSources {
  readonly clock: Clock;
  readonly inspection: Pick<Inspection, 'preflight' | 'take'>;
  readonly read: () => AutomaticReading;
  /** A snapshot when a leak is alleged. */
  readonly onVerdict: boolean;
  /** A snapshot when so much of the limit is used; 0 for never. */
  readonly atLimitRatio: number;
  /** In any 24 hours, restarts included. */
  readonly perDay: number;
  readonly stateDirectory: string;
  readonly log: {
    info(details: object, message: string): void;
    warn(details: object, message: string): void;
  };
}

export interface Automatic {
  /** Looks once. Never rejects. */
  look(): Promise<void>;
}

const DAY_MS = 86_400_000;
const MAX_STATE_BYTES = 16_384;
/** Below this part of the threshold memory has come down, and may rise to it again. */
const REARM_SHARE = 0.9;

type Reason = 'verdict' | 'limit';

/**
 * Takes a snapshot by itself when memory becomes a concern: once for each rise, not while it lasts, so many a day, and
 * only when the preflight is sure that the process survives it.
 */
export function createAutomatic(sources: AutomaticSources): Automatic {
  const { clock, inspection, read, onVerdict, atLimitRatio, perDay, stateDirectory, log } = sources;
  const file = path.join(stateDirectory, 'automatic-snapshots.json');
  const armed: Record<Reason, boolean> = { verdict: true, limit: true };
  let takenAtMs: readonly number[] | undefined;
  let isLooking = false;

  function reasonOf({ isAlleged, usedRatio = 0 }: AutomaticReading): Reason | undefined {
    if (!isAlleged) armed.verdict = true;
    if (usedRatio < REARM_SHARE * atLimitRatio) armed.limit = true;
    if (onVerdict && isAlleged && armed.verdict) return 'verdict';
    return atLimitRatio > 0 && usedRatio >= atLimitRatio && armed.limit ? 'limit' : undefined;
  }

  async function recent(): Promise<readonly number[]> {
    takenAtMs ??= timesOf(await readStateFile(file, MAX_STATE_BYTES));
    return takenAtMs.filter((atMs) => Math.abs(clock.wall() - atMs) < DAY_MS);
  }

  async function take(reason: Reason): Promise<void> {
    const before = await recent();
    if (before.length >= perDay) {
      armed[reason] = false;
      log.info({ reason, perDay }, 'tidemark: no snapshot by itself, those of this day are taken');
      return;
    }
    const { survives } = await inspection.preflight();
    if (survives !== 'yes') {
      armed[reason] = false;
      log.warn({ reason, survives }, 'tidemark: no snapshot by itself, it is not sure that there is room');
      return;
    }
    const { done } = await inspection.take({ trigger: reason === 'verdict' ? 'verdict' : 'near-limit' });
    armed[reason] = false;
    // Counted when it begins: a process that dies of it must not try again and again.
    takenAtMs = [...before, clock.wall()];
    await writeStateFile(file, `${JSON.stringify({ version: 1, takenAtMs })}\n`);
    const { snapshot } = await done;
    log.info({ reason, snapshot: snapshot.id }, 'tidemark: took a snapshot by itself');
  }

  return {
    async look() {
      if (isLooking) return;
      isLooking = true;
      try {
        const reason = reasonOf(read());
        if (reason !== undefined) await take(reason);
      } catch (error) {
        // What cannot be afforded now is asked for again.
        const isExpected =
          isRefusal(error) ||
          (error instanceof TidemarkError && error.code === 'TIDEMARK_ERR_SNAPSHOT_CANCELLED');
        if (!isExpected) log.warn({ err: error }, 'tidemark: a snapshot by itself failed');
      } finally {
        isLooking = false;
      }
    },
  };
}

function timesOf(state: Awaited<ReturnType<typeof readStateFile>>): readonly number[] {
  if (state.state !== 'read') return [];
  try {
    const { takenAtMs } = JSON.parse(state.text) as { takenAtMs?: unknown };
    return Array.isArray(takenAtMs) ? takenAtMs.filter((time) => Number.isFinite(time)) : [];
  } catch {
    return [];
  }
}
