/**
 * Heap deltas of ended requests that are not yet confirmed free of collections: V8 reports a GC one turn of the event
 * loop later. A ring of columns; a delta is settled at the sampler's next tick, or when the ring needs its slot.
 */
export interface PendingDeltas {
  add(row: number, startMs: number, endMs: number, deltaBytes: number, countedBytes: number): void;
  /** Marks every pending request that overlaps a GC of this span. */
  markGc(startMs: number, endMs: number): void;
  /** Settles everything that ended before `beforeMs`. */
  settle(beforeMs: number): void;
}

export type SettleDelta = (row: number, deltaBytes: number, gcRan: boolean, countedBytes: number) => void;

const CAPACITY = 2048;

export function createPendingDeltas(settleDelta: SettleDelta): PendingDeltas {
  const rows = new Int32Array(CAPACITY);
  const starts = new Float64Array(CAPACITY);
  const ends = new Float64Array(CAPACITY);
  const deltas = new Float64Array(CAPACITY);
  const counted = new Float64Array(CAPACITY);
  const gcRan = new Uint8Array(CAPACITY);
  let head = 0;
  let tail = 0;

  const settleOldest = (): void => {
    const slot = tail % CAPACITY;
    settleDelta(rows[slot]!, deltas[slot]!, gcRan[slot] === 1, counted[slot]!);
    tail += 1;
  };

  return {
    add(row, startMs, endMs, deltaBytes, countedBytes) {
      if (head - tail === CAPACITY) settleOldest();
      const slot = head % CAPACITY;
      rows[slot] = row;
      starts[slot] = startMs;
      ends[slot] = endMs;
      deltas[slot] = deltaBytes;
      counted[slot] = countedBytes;
      gcRan[slot] = 0;
      head += 1;
    },
    markGc(startMs, endMs) {
      for (let i = head - 1; i >= tail; i -= 1) {
        const slot = i % CAPACITY;
        // Only requests that ran alone are pending, so they are in time order and the walk can stop.
        if (ends[slot]! < startMs) return;
        if (starts[slot]! <= endMs) gcRan[slot] = 1;
      }
    },
    settle(beforeMs) {
      for (let waiting = head - tail; waiting > 0; waiting -= 1) {
        if (ends[tail % CAPACITY]! >= beforeMs) return;
        settleOldest();
      }
    },
  };
}
