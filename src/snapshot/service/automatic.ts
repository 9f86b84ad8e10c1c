import path from 'node:path';
import v8 from 'node:v8';
import { isRefusal, TidemarkError } from '../../base/errors.js';
import type { Clock } from '../../base/clock.js';
import type { ResolvedOptions } from '../../config/options.js';
import { readStateFile, writeStateFile } from '../../cost/state-file.js';
import type { PreflightReport, SnapshotRequest, SnapshotTaken } from './capture.js';

export interface AutomaticReading {
  /** Whether the verdict alleges a leak. */
  readonly isAlleged: boolean;
  /** Used memory over the effective limit; undefined where that is not known. */
  readonly usedRatio: number | undefined;
}

export interface AutomaticSources {
  readonly clock: Clock;
  readonly options: Pick<
    ResolvedOptions['snapshots'],
    'onVerdict' | 'atLimitRatio' | 'automaticPerDay' | 'nearHeapLimit'
  >;
  readonly stateDirectory: string;
  readonly snapshots: {
    preflight(): Promise<Pick<PreflightReport, 'survives'>>;
    take(request: SnapshotRequest): Promise<{ readonly done: Promise<SnapshotTaken> }>;
  };
  read(): AutomaticReading;
  readonly log: {
    info(details: object, message: string): void;
    warn(details: object, message: string): void;
  };
}

export interface AutomaticSnapshots {
  /** Looks every five seconds from now on, if the options want it. */
  start(): void;
  /** Looks no more; resolves when the snapshot under way has ended. */
  stop(): Promise<void>;
  /** Looks once. Never rejects. */
  look(): Promise<void>;
}

const LOOK_EVERY_MS = 5_000;
const DAY_MS = 86_400_000;
const MAX_STATE_BYTES = 16_384;
/** Memory below this share of the threshold has come down: the next rise to it takes a snapshot again. */
const REARM_SHARE = 0.9;

type Reason = 'verdict' | 'limit';

/**
 * Takes a snapshot automatically when a leak is alleged or memory is short: once for each rise, at most so many in any 24
 * hours, restarts included, and only when the preflight is sure that the process survives it.
 */
export function createAutomaticSnapshots(sources: AutomaticSources): AutomaticSnapshots {
  const { clock, options, snapshots, read, stateDirectory, log } = sources;
  const { onVerdict, atLimitRatio, automaticPerDay: perDay, nearHeapLimit } = options;
  const file = path.join(stateDirectory, 'automatic-snapshots.json');
  const armed: Record<Reason, boolean> = { verdict: true, limit: true };
  let takenAtMs: readonly number[] | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  let looking: Promise<void> | undefined;

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
      log.info({ reason, perDay }, 'tidemark: no automatic snapshot, the number allowed in a day is reached');
      return;
    }
    const { survives } = await snapshots.preflight();
    if (survives !== 'yes') {
      armed[reason] = false;
      log.warn({ reason, survives }, 'tidemark: no automatic snapshot, it is not certain that there is room');
      return;
    }
    const { done } = await snapshots.take({ trigger: reason === 'verdict' ? 'verdict' : 'near-limit' });
    armed[reason] = false;
    // Counted when it begins: a process that dies of one must not try again and again.
    takenAtMs = [...before, clock.wall()];
    await writeStateFile(file, `${JSON.stringify({ version: 1, takenAtMs })}\n`);
    const { snapshot } = await done;
    log.info({ reason, snapshot: snapshot.id }, 'tidemark: took an automatic snapshot');
  }

  async function lookOnce(): Promise<void> {
    try {
      const reason = reasonOf(read());
      if (reason !== undefined) await take(reason);
    } catch (error) {
      // What cannot be afforded now is asked for again.
      const isExpected =
        isRefusal(error) ||
        (error instanceof TidemarkError && error.code === 'TIDEMARK_ERR_SNAPSHOT_CANCELLED');
      if (!isExpected) log.warn({ err: error }, 'tidemark: an automatic snapshot failed');
    }
  }

  const look = (): Promise<void> => (looking ??= lookOnce().finally(() => (looking = undefined)));

  return {
    look,
    start() {
      // V8 writes these by itself, unredacted, into the folder of --diagnostic-dir.
      if (nearHeapLimit > 0) v8.setHeapSnapshotNearHeapLimit(nearHeapLimit);
      if (isStopped || (!onVerdict && atLimitRatio === 0)) return;
      timer = setInterval(() => void look(), LOOK_EVERY_MS).unref();
    },
    async stop() {
      isStopped = true;
      clearInterval(timer);
      await looking;
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
