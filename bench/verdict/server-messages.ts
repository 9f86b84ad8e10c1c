import type { FloorPoint } from '../../src/verdict/floors/floor-series.js';

/** What the runner tells the process of a scenario when it starts it. */
export interface ServerSettings {
  readonly family: string;
  readonly name: string;
  /** Absent: without the plugin, to measure what is true. */
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

/** A floor as text can carry it. */
export type SavedPoint = Omit<FloorPoint, 'routeCounts'> & { readonly routeCounts?: readonly number[] };

/** What a run left behind, to judge it again with other estimators. */
export interface Series {
  readonly points: readonly SavedPoint[];
  /** Milliseconds since the epoch and bytes, once a second. */
  readonly heapUsed: readonly (readonly [number, number])[];
}
