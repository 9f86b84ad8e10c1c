import { createHash, randomBytes } from 'node:crypto';
import type { Test } from 'tap';
import type { Clock } from '../../../src/base/clock.js';
import type { SnapshotDescription } from '../../../src/snapshot/store/metadata.js';
import type { SnapshotQuota } from '../../../src/snapshot/store/quota.js';
import { openSnapshotStore, type SnapshotStore } from '../../../src/snapshot/store/store.js';

export const description: SnapshotDescription = {
  writer: 'v8',
  trigger: 'request',
  redacted: true,
  nodeVersion: 'v20.20.2',
  label: 'before the load',
  verdict: 'growing',
  pauseMs: 12.5,
  heapBytes: 1000,
  nodeCount: 20,
  edgeCount: 30,
};

export const wideQuota: SnapshotQuota = { maxCount: 100, maxBytes: 1e9, maxAgeSeconds: 1e9 };

export interface SteppedClock extends Clock {
  nowMs: number;
}

export function steppedClock(): SteppedClock {
  const clock = { nowMs: Date.UTC(2026, 2, 19, 9), wall: () => clock.nowMs, monotonic: () => clock.nowMs };
  return clock;
}

/** A folder below the test's own, which the store is to make. */
export const newDirectory = (t: Test): string => `${t.testdir()}/snapshots`;

export function openScratch(
  directory: string,
  quota: Partial<SnapshotQuota> = {},
  clock: Clock = steppedClock(),
): Promise<SnapshotStore> {
  return openSnapshotStore({ directory, quota: { ...wideQuota, ...quota }, clock });
}

/** Bytes that gzip cannot make smaller. */
export const noise = (length: number): Buffer => randomBytes(length);

export async function* chunks(...pieces: readonly Uint8Array[]): AsyncGenerator<Uint8Array, void> {
  yield* pieces;
}

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
