import type { RawProfile } from './raw-profile.js';
import type { SamplingSettings } from './sampling-session.js';

/** A share in the isolate's one sampling heap profiler. */
export interface ProfilerLease extends SamplingSettings {
  /** What really runs: the settings of whoever came first, until calls were sampled and another interval chosen. */
  readonly samplingIntervalBytes: number;
  readonly stackDepth: number;
  /** How often somebody else's inspector session had ended or replaced our sampling. */
  readonly restarts: number;
  /**
   * What is alive, by allocation stack. V8 runs a full garbage collection for it.
   *
   * @throws TidemarkError TIDEMARK_ERR_PROFILE_UNAVAILABLE when the lease is released or the protocol fails
   */
  read(): RawProfile;
  /**
   * Samples everything for a while, what is collected meanwhile included: who calls whom, to the point. What was
   * sampled before is lost, and a new epoch begins; {@link read} fails meanwhile. Its sizes are not live bytes.
   *
   * @throws TidemarkError TIDEMARK_ERR_PROFILE_UNAVAILABLE as {@link read}, and while another call samples
   */
  sampleCalls(options: CallSampling): Promise<RawProfile>;
  /** Gives the share back; the last one stops the sampling. May be called twice. */
  release(): void;
}

export interface CallSampling {
  readonly durationMs: number;
  /** Memory it takes for its samples: some 250 bytes for each so many bytes allocated. */
  readonly samplingIntervalBytes: number;
  /** Chooses the interval of the sampling that follows, by the bytes that were allocated a second; default: as before. */
  readonly intervalAfter?: (allocatedBytesPerSecond: number) => number;
}

export interface IsolateProfiler {
  acquire(settings: SamplingSettings): ProfilerLease;
}
