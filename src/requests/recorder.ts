import type { Clock } from '../base/clock.js';
import { COUNTED_FROM_BYTES } from './heap-meter.js';
import { createPendingDeltas } from './pending-deltas.js';
import type { RequestSampler } from './request-sampler.js';
import {
  ABORTED_CLASS,
  createRouteColumns,
  deltaLayout,
  durationLayout,
  STATUS_CLASSES,
  type RouteColumns,
} from './route-columns.js';
import { createRouteTable, type RouteTable } from './route-table.js';

/**
 * `clean`: exact. `counted`: a GC ran, and the delta is what V8 counted as allocated. `gc`: a GC freed an unknown part
 * of it. `overlap`: it includes other requests.
 */
export type DeltaQuality = 'clean' | 'counted' | 'gc' | 'overlap';

/** No record: the table of requests in flight is full, or the route is excluded. */
export const NO_RECORD = -1;
const MAX_IN_FLIGHT = 65_536;

export interface RecorderOptions {
  readonly clock: Clock;
  readonly maxRoutes: number;
  readonly durationBucketsSeconds: readonly number[];
  /** Absent if heap deltas are off. */
  readonly heapUsedBytes?: () => number;
  /** From the reading behind the last `heapUsedBytes`; absent if V8 does not count allocations. */
  readonly allocatedBytes?: () => number;
  /** Picks which of the requests without memory headers have their heap delta measured; all if absent. */
  readonly measured?: RequestSampler;
}

function wider<T extends Float64Array | Int32Array | Uint8Array>(from: T, to: T): T {
  to.set(from);
  return to;
}

/** What was measured of a request when its response headers were written. */
export interface HeapDelta {
  deltaBytes: number;
  heapUsedBytes: number;
  quality: DeltaQuality;
  durationMs: number;
}

/**
 * Records requests into columns. `begin`, `read` and `end` allocate nothing: every request of the host application
 * calls them.
 */
export interface Recorder {
  readonly routes: RouteTable;
  readonly columns: RouteColumns;
  readonly inFlight: number;
  readonly completed: number;
  readonly bytes: number;
  /** Requests not recorded because too many were in flight. */
  readonly dropped: number;
  readonly bucketBoundsMs: Float64Array;
  /** The row of a route, added if it is new. */
  addRoute(method: string, pattern: string): number;
  /** @param isShown whether its delta may be shown to somebody, see {@link read}; true by default */
  begin(row: number, isShown?: boolean): number;
  /** Whether it was begun with `isShown`. */
  isShown(record: number): boolean;
  /**
   * Reads the heap for a request that is about to answer; undefined if it was begun without `isShown`, or was read before, as
   * when a later hook failed and the error is sent instead. Every call returns the same object.
   */
  read(record: number): HeapDelta | undefined;
  /** The row of an open record. */
  rowOf(record: number): number;
  /** Moves an open record to another row: its route is known only now. */
  move(record: number, row: number): void;
  /** Closes a record as if it had never begun. */
  drop(record: number): void;
  /** Closes a record once; `statusCode` 0 means that the client disconnected first. */
  end(record: number, statusCode: number): void;
  markGc(startMs: number, endMs: number): void;
  /** Called by the sampler's tick: adds clean deltas to the distributions. */
  settle(): void;
}

export function createRecorder(options: RecorderOptions): Recorder {
  const { clock, heapUsedBytes, allocatedBytes, measured } = options;
  const routes = createRouteTable(options.maxRoutes);
  const bucketBoundsMs = Float64Array.from(options.durationBucketsSeconds, (seconds) => seconds * 1000);
  const bounds = bucketBoundsMs.length + 1;
  const growing = createRouteColumns(bounds);
  let columns = growing.columns;

  let slots = 256;
  let starts = new Float64Array(slots);
  let heapAtStart = new Float64Array(slots);
  let allocatedAtStart = new Float64Array(slots);
  let sequenceAtStart = new Float64Array(slots);
  let rows = new Int32Array(slots).fill(NO_RECORD);
  let alone = new Uint8Array(slots);
  let shown = new Uint8Array(slots);
  /** 1 if the delta will be measured. */
  let due = new Uint8Array(slots);
  let free = Int32Array.from({ length: slots }, (_, i) => slots - 1 - i);
  let freeCount = slots;
  let sequence = 0;
  let inFlight = 0;
  let completed = 0;
  let dropped = 0;
  let lastGcEndMs = -1;
  const reading: HeapDelta = { deltaBytes: 0, heapUsedBytes: 0, quality: 'clean', durationMs: 0 };

  const addClean = (row: number, deltaBytes: number): void => {
    columns.cleanSamples[row]! += 1;
    columns.deltaSumBytes[row]! += deltaBytes;
    columns.deltas[row * deltaLayout.buckets + deltaLayout.index(deltaBytes)]! += 1;
  };
  const addAfterGc = (row: number, countedBytes: number): void => {
    if (countedBytes >= COUNTED_FROM_BYTES) addClean(row, countedBytes);
    else columns.gcSamples[row]! += 1;
  };
  const pending = createPendingDeltas((row, deltaBytes, gcRan, countedBytes) => {
    if (gcRan) addAfterGc(row, countedBytes);
    else addClean(row, deltaBytes);
  });

  const growSlots = (): void => {
    const larger = slots * 2;
    starts = wider(starts, new Float64Array(larger));
    heapAtStart = wider(heapAtStart, new Float64Array(larger));
    allocatedAtStart = wider(allocatedAtStart, new Float64Array(larger));
    sequenceAtStart = wider(sequenceAtStart, new Float64Array(larger));
    rows = wider(rows, new Int32Array(larger).fill(NO_RECORD));
    alone = wider(alone, new Uint8Array(larger));
    shown = wider(shown, new Uint8Array(larger));
    due = wider(due, new Uint8Array(larger));
    free = new Int32Array(larger);
    for (let slot = larger - 1; slot >= slots; slot -= 1) free[freeCount++] = slot;
    slots = larger;
  };

  const overlapped = (slot: number): boolean => alone[slot] === 0 || sequence !== sequenceAtStart[slot]!;

  const takeDelta = (slot: number, nowMs: number, usedBytes: number): void => {
    due[slot] = 0;
    const row = rows[slot]!;
    const deltaBytes = usedBytes - heapAtStart[slot]!;
    reading.deltaBytes = deltaBytes;
    reading.heapUsedBytes = usedBytes;
    reading.durationMs = nowMs - starts[slot]!;
    if (overlapped(slot)) {
      reading.quality = 'overlap';
      columns.overlapSamples[row]! += 1;
      return;
    }
    const countedBytes = allocatedBytes === undefined ? 0 : allocatedBytes() - allocatedAtStart[slot]!;
    // A shrinking heap proves a GC that V8 has not reported yet.
    const gcRan = deltaBytes < 0 || lastGcEndMs >= starts[slot]!;
    if (!gcRan) {
      reading.quality = 'clean';
      pending.add(row, starts[slot]!, nowMs, deltaBytes, countedBytes);
      return;
    }
    addAfterGc(row, countedBytes);
    const counted = countedBytes >= COUNTED_FROM_BYTES;
    reading.quality = counted ? 'counted' : 'gc';
    if (counted) reading.deltaBytes = countedBytes;
  };

  const release = (slot: number): void => {
    columns.inFlight[rows[slot]!]! -= 1;
    rows[slot] = NO_RECORD;
    free[freeCount++] = slot;
    inFlight -= 1;
  };

  return {
    routes,
    bucketBoundsMs,
    get columns() {
      return columns;
    },
    get inFlight() {
      return inFlight;
    },
    get completed() {
      return completed;
    },
    get dropped() {
      return dropped;
    },
    get bytes() {
      return growing.bytes + slots * (4 * 8 + 2 * 4 + 3);
    },
    addRoute(method, pattern) {
      const row = routes.add(method, pattern);
      growing.ensure(routes.size);
      columns = growing.columns;
      return row;
    },
    begin(row, isShown = true) {
      if (freeCount === 0) {
        if (slots >= MAX_IN_FLIGHT) {
          dropped += 1;
          return NO_RECORD;
        }
        growSlots();
      }
      const slot = free[--freeCount]!;
      rows[slot] = row;
      const isAlone = inFlight === 0;
      alone[slot] = isAlone ? 1 : 0;
      shown[slot] = isShown ? 1 : 0;
      sequenceAtStart[slot] = ++sequence;
      inFlight += 1;
      columns.inFlight[row]! += 1;
      starts[slot] = clock.monotonic();
      const isDue = heapUsedBytes !== undefined && (isShown || measured === undefined || measured.pick());
      due[slot] = isDue ? 1 : 0;
      // A reading takes 0.5 µs, more than the rest of the record. If requests overlap, it is useful only in a header.
      if (isDue && (isShown || isAlone)) {
        heapAtStart[slot] = heapUsedBytes();
        if (allocatedBytes !== undefined) allocatedAtStart[slot] = allocatedBytes();
      }
      return slot;
    },
    read(slot) {
      if (due[slot] === 0 || shown[slot] === 0 || heapUsedBytes === undefined) return undefined;
      takeDelta(slot, clock.monotonic(), heapUsedBytes());
      return reading;
    },
    isShown: (slot) => shown[slot] === 1,
    rowOf: (slot) => rows[slot]!,
    move(slot, row) {
      columns.inFlight[rows[slot]!]! -= 1;
      rows[slot] = row;
      columns.inFlight[row]! += 1;
    },
    drop: release,
    end(slot, statusCode) {
      const row = rows[slot]!;
      if (row === NO_RECORD) return;
      const nowMs = clock.monotonic();
      if (due[slot] === 1 && heapUsedBytes !== undefined) {
        // An overlapped request that was not read before shows no delta, so its heap need not be read.
        if (overlapped(slot)) columns.overlapSamples[row]! += 1;
        else takeDelta(slot, nowMs, heapUsedBytes());
      }
      release(slot);
      completed += 1;

      const durationMs = nowMs - starts[slot]!;
      const cls =
        statusCode === 0 ? ABORTED_CLASS : Math.min(Math.max(Math.floor(statusCode / 100) - 1, 0), 4);
      const cell = row * STATUS_CLASSES.length + cls;
      columns.completed[row]! += 1;
      columns.byClass[cell]! += 1;
      columns.durationSumMs[row]! += durationMs;
      columns.durationClassSumMs[cell]! += durationMs;
      columns.durations[row * durationLayout.buckets + durationLayout.index(durationMs * 1000)]! += 1;
      let bucket = 0;
      while (bucket < bounds - 1 && durationMs > bucketBoundsMs[bucket]!) bucket += 1;
      columns.durationBuckets[cell * bounds + bucket]! += 1;
    },
    markGc(startMs, endMs) {
      lastGcEndMs = endMs;
      pending.markGc(startMs, endMs);
    },
    settle() {
      measured?.adapt();
      // Entries of a GC arrive within one turn of the loop; deltas older than a second are settled.
      pending.settle(clock.monotonic() - 1000);
    },
  };
}
