/** One node of the protocol's tree. `callFrame` is where the FUNCTION starts (0-based), not the line that allocated. */
export interface ProtocolNode {
  readonly callFrame: {
    readonly functionName: string;
    readonly scriptId: string;
    readonly url: string;
    readonly lineNumber: number;
    readonly columnNumber: number;
  };
  /** Live bytes allocated in this very frame, scaled up by V8 for what sampling missed. */
  readonly selfSize: number;
  readonly id: number;
  readonly children: readonly ProtocolNode[];
}

/** One live sampled allocation. */
export interface ProtocolSample {
  /** Bytes that this sample represents. */
  readonly size: number;
  readonly nodeId: number;
  /** Increases with the time of allocation and is unique within one epoch. */
  readonly ordinal: number;
}

/**
 * Why a run of sampling began: the profile was started, a retention window had ended the one before, its interval was
 * changed, or another inspector session had ended it.
 */
export type SamplingCause = 'start' | 'window' | 'interval' | 'interruption';

/**
 * Live memory by allocation stack. V8 runs a full garbage collection before it answers (`kSamplingForceGC`), so
 * nothing in here is garbage, and every reading costs that pause.
 */
export interface RawProfile {
  /** Wall clock, milliseconds since the epoch. */
  readonly takenAtMs: number;
  /**
   * Wall clock when this uninterrupted run of sampling began. Where another session has replaced the one before, nobody
   * knows when: then it is the last reading before, the earliest time possible.
   */
  readonly startedAtMs: number;
  readonly cause: SamplingCause;
  /** Identifies the uninterrupted run of sampling: ordinals and node ids are comparable only within one. */
  readonly epoch: number;
  readonly samplingIntervalBytes: number;
  readonly head: ProtocolNode;
  readonly samples: readonly ProtocolSample[];
  /** Highest ordinal among the live samples; 0 if there are none. */
  readonly highestOrdinal: number;
  /** How long the reading blocked the thread, the forced collection included. */
  readonly costMs: number;
}
