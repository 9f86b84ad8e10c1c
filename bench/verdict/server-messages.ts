import type { FloorPoint } from '../../src/verdict/floors/floor-series.js';

/** What the runner passes to a scenario's process at the start. */
export interface ServerSettings {
  readonly family: string;
  readonly name: string;
  /** If absent, the plugin is not installed, to measure the true values. */
  readonly tidemark?: { readonly fillHorizonSeconds: number };
}

export interface Question {
  readonly type: 'memory' | 'series' | 'stop';
}

/** After full collections. */
export interface MemoryReading {
  readonly rssBytes: number;
  readonly heapBytes: number;
  readonly externalBytes: number;
}

/** A floor in a form that JSON can carry. */
export type SavedPoint = Omit<FloorPoint, 'routeCounts'> & { readonly routeCounts?: readonly number[] };

/** The recorded data of a run, to judge it again with other estimators. */
export interface Series {
  readonly points: readonly SavedPoint[];
  /** Milliseconds since the epoch and bytes, once a second. */
  readonly heapUsed: readonly (readonly [number, number])[];
  /** Absent without the plugin, and in runs recorded before there were any. */
  readonly retentionWindows?: RetentionWindowsUse;
}

export interface RetentionWindowsUse {
  readonly count: number;
  /** For which promise hooks were on. */
  readonly hooksSeconds: number;
}
