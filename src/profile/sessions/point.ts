import v8 from 'node:v8';
import { TidemarkError } from '../../base/errors.js';
import type { Clock } from '../../base/clock.js';
import type { Collection } from '../../measure/collect.js';
import type { GcTotals } from '../../measure/gc-totals.js';
import { buildCellTable, type CellTable, type ProfileMark } from '../cell-table.js';
import type { LiveProfile } from '../live-profile.js';
import type { FullReading } from '../reading.js';
import { wait } from '../../base/wait.js';
import type { Limitation, LimitedPart } from './session.js';

/** What sessions measure with. */
export interface SessionSource {
  readonly clock: Clock;
  /** Absent when the profile is switched off. */
  readonly profile: Pick<LiveProfile, 'running' | 'locate'> | undefined;
  readonly gcTotals: Pick<GcTotals, 'read'>;
  /** Absent if requests are not recorded. */
  readonly recorder: { readonly completed: number } | undefined;
  /** Aborted when the server is about to close. */
  readonly stopping: AbortSignal;
  /** One reading of the profile, which begins with a full collection; paid from the pause budget. */
  readProfile(): Promise<FullReading>;
  /** This many full collections, paid from the pause budget. */
  collect(runs: number): Promise<readonly Collection[]>;
}

export interface Floor {
  readonly heapBytes: number;
  readonly externalBytes: number;
}

/** The process at one moment, right after a full collection. Failed readings are absent and listed in `limitations`. */
export interface Point {
  /** What that collection left. */
  readonly floor?: Floor;
  readonly mark?: ProfileMark;
  /** Only at the end of a session: what an open session keeps would be part of its own second floor. */
  readonly table?: CellTable;
  /** Allocated on the heap up to this collection, since observation began. */
  readonly allocatedBytes: number;
  /** Allocated by the reading itself after its collection. */
  readonly ownBytes: number;
  readonly requests: number | undefined;
  readonly pauseMs: number;
  readonly limitations: readonly Limitation[];
}

/** Other expensive operations take moments; a retry after them is rarely refused. */
const BUSY_LIMIT_MS = 2_000;
const BUSY_RETRY_SECONDS = 0.02;

/** An error as a limitation of the session, even an unexpected one: the operation itself continues. */
export function limitationOf(part: LimitedPart, error: unknown): Limitation {
  if (error instanceof TidemarkError) return { part, code: error.code, reason: error.message };
  return { part, code: 'TIDEMARK_ERR_INTERNAL', reason: String(error).slice(0, 200) };
}

const isBusy = (error: unknown): boolean =>
  error instanceof TidemarkError && error.code === 'TIDEMARK_ERR_COST_BUSY';

const isUnavailable = (error: unknown): boolean =>
  error instanceof TidemarkError && error.code === 'TIDEMARK_ERR_PROFILE_UNAVAILABLE';

function isClosed({ stopping, profile }: SessionSource): boolean {
  // A closing server still serves requests, and measures until the last one has ended.
  return stopping.aborted && profile?.running !== true;
}

function closing(): TidemarkError {
  return new TidemarkError('TIDEMARK_ERR_PROFILE_UNAVAILABLE', { reason: 'the server is closing' });
}

async function patiently<T>(source: SessionSource, work: () => Promise<T>): Promise<T> {
  const endMs = source.clock.monotonic() + BUSY_LIMIT_MS;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isBusy(error) || source.clock.monotonic() >= endMs) throw error;
    }
    await wait(BUSY_RETRY_SECONDS, [source.stopping]).catch(() => undefined);
    if (isClosed(source)) throw closing();
  }
}

type Seen = Pick<Point, 'floor' | 'mark' | 'table' | 'pauseMs' | 'limitations'>;

/** A reading of the profile; V8 begins it with a full collection, whose figures are the floor. */
async function read(source: SessionSource): Promise<Seen> {
  const { gcTotals } = source;
  const majors = gcTotals.read().kinds.major.count;
  const { stacks, mark, costMs } = await source.readProfile();
  const { kinds, lastMajor } = gcTotals.read();
  const seen = { mark, table: buildCellTable(stacks), pauseMs: costMs };
  if (lastMajor === undefined || kinds.major.count === majors) {
    const reason = 'this runtime does not report what a collection left';
    return { ...seen, limitations: [{ part: 'retained', code: 'TIDEMARK_ERR_GC_UNAVAILABLE', reason }] };
  }
  const { usedBytes, externalBytes } = lastMajor.after;
  return { ...seen, floor: { heapBytes: usedBytes, externalBytes }, limitations: [] };
}

/** Without the profiler, a collection of our own still gives the floor. */
async function collect(source: SessionSource, limitation: Limitation): Promise<Seen> {
  const [collection] = await source.collect(1);
  if (collection === undefined) throw new TidemarkError('TIDEMARK_ERR_GC_UNAVAILABLE');
  const { after, pauseMs } = collection;
  const floor = { heapBytes: after.usedBytes, externalBytes: after.externalBytes };
  return { floor, pauseMs, limitations: [limitation] };
}

async function see(source: SessionSource): Promise<Seen> {
  if (isClosed(source)) throw closing();
  if (source.profile === undefined) {
    const reason = 'profile.enabled is false';
    return collect(source, { part: 'sites', code: 'TIDEMARK_ERR_FEATURE_OFF', reason });
  }
  try {
    if (source.profile.running) return await read(source);
  } catch (error) {
    if (!isUnavailable(error) || isClosed(source)) throw error;
    return collect(source, limitationOf('sites', error));
  }
  const reason =
    'the profiler does not run: another inspector session uses it, or the server has not started';
  return collect(source, { part: 'sites', code: 'TIDEMARK_ERR_PROFILE_UNAVAILABLE', reason });
}

/**
 * Reads the process once: one full collection, paid from the pause budget. Waits at most two seconds while another
 * expensive operation runs.
 *
 * Rejects if a reading is refused: `TIDEMARK_ERR_COST_*`, `TIDEMARK_ERR_GC_UNAVAILABLE`,
 * `TIDEMARK_ERR_PROFILE_UNAVAILABLE` when the server is closing.
 */
export async function takePoint(source: SessionSource): Promise<Point> {
  const seen = await patiently(source, async () => see(source));
  const { allocatedBytes } = source.gcTotals.read();
  const usedBytes = v8.getHeapStatistics().used_heap_size;
  const ownBytes = seen.floor === undefined ? 0 : Math.max(0, usedBytes - seen.floor.heapBytes);
  return { ...seen, allocatedBytes, ownBytes, requests: source.recorder?.completed };
}

/**
 * Sessions that start or stop at about the same time share one reading. None gets a reading that began before its
 * request: that would miss what it allocated in between.
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
      // Without its value: a whole reading kept here would be part of the next floor.
      ended = point.then(
        () => undefined,
        () => undefined,
      );
    }
    return next;
  };
}
