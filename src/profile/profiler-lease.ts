import type { RawProfile } from './raw-profile.js';
import type { SamplingSettings } from './sampling-session.js';

/** A share of the isolate's only sampling heap profiler. */
export interface ProfilerLease extends SamplingSettings {
  /** The actual settings: those of the first lease, until calls were sampled and another interval chosen. */
  readonly samplingIntervalBytes: number;
  readonly stackDepth: number;
  /** How often another inspector session ended or replaced our sampling. */
  readonly restarts: number;
  /**
   * What is alive, by allocation stack. V8 runs a full garbage collection for it.
   *
   * @throws TidemarkError TIDEMARK_ERR_PROFILE_UNAVAILABLE if the lease is released or the protocol fails
   */
  read(): RawProfile;
  /**
   * Samples everything for a while, including what is collected meanwhile, to learn who calls whom. Earlier samples
   * are lost and a new epoch begins; {@link read} fails meanwhile. Its sizes are not live bytes.
   *
   * @throws TidemarkError TIDEMARK_ERR_PROFILE_UNAVAILABLE as {@link read}, and while another call samples
   */
  sampleCalls(options: CallSampling): Promise<RawProfile>;
  /** Releases the share; the last release stops the sampling. May be called twice. */
  release(): void;
}

export interface CallSampling {
  readonly durationMs: number;
  /** Determines the memory for samples: about 250 bytes each time this many bytes are allocated. */
  readonly samplingIntervalBytes: number;
  /** Chooses the interval of later sampling from the bytes allocated a second; default: unchanged. */
  readonly intervalAfter?: (allocatedBytesPerSecond: number) => number;
}

export interface IsolateProfiler {
  acquire(settings: SamplingSettings): ProfilerLease;
}
