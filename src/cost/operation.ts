import type { ErrorCode } from '../base/errors.js';

export type OperationState = 'running' | 'succeeded' | 'failed' | 'cancelled';

/** Work that takes longer than a request should. */
export interface Operation<T = unknown> {
  readonly id: string;
  /** What is done, such as `snapshot`. */
  readonly kind: string;
  /** What it is done to, where that has a name. */
  readonly subject?: string;
  readonly state: OperationState;
  /** 0 to 1; an estimate while it runs. */
  readonly progress: number;
  /** What it is at now. */
  readonly step?: string;
  /** Wall clock, milliseconds since the epoch. */
  readonly startedAtMs: number;
  readonly endedAtMs?: number;
  readonly result?: T;
  readonly error?: { readonly code: ErrorCode; readonly message: string };
}
