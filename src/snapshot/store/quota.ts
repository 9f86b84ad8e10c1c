/** What may be kept. */
export interface SnapshotQuota {
  readonly maxCount: number;
  /** Of the stored files. */
  readonly maxBytes: number;
  readonly maxAgeSeconds: number;
}

export interface QuotaEntry {
  readonly id: string;
  readonly createdAtMs: number;
  readonly bytes: number;
  /** Is read, or was written just now: it stays, and counts. */
  readonly isHeld: boolean;
}

/** The ids that have to go, oldest first. */
export function surplus(entries: readonly QuotaEntry[], quota: SnapshotQuota, nowMs: number): string[] {
  let count = entries.length;
  let bytes = entries.reduce((sum, entry) => sum + entry.bytes, 0);
  const oldestAllowedMs = nowMs - quota.maxAgeSeconds * 1000;
  const leaving: string[] = [];
  const byAge = entries.toSorted((a, b) => a.createdAtMs - b.createdAtMs || (a.id < b.id ? -1 : 1));
  for (const entry of byAge) {
    const isSurplus = count > quota.maxCount || bytes > quota.maxBytes || entry.createdAtMs < oldestAllowedMs;
    if (!isSurplus || entry.isHeld) continue;
    leaving.push(entry.id);
    count -= 1;
    bytes -= entry.bytes;
  }
  return leaving;
}
