import type { RawProfile } from './raw-profile.js';
import type { SamplingSettings } from './sampling-session.js';

/** A share of the isolate's only sampling heap profiler. */
export interface ProfilerLease extends SamplingSettings {
  /** The actual interval: the first lease set it, and {@link resample} changes it for all. */
  readonly samplingIntervalBytes: number;
  readonly stackDepth: number;
  /** How often another inspector session ended or replaced our sampling. */
  readonly restarts: number;
  /**
   * Starts the sampling again if another session has ended it. Cheap (20 µs), because it does not ask V8 whether it did;
   * {@link read} finds out.
   */
  resume(): void;
  /** Changes the interval. Earlier samples are lost, and a new epoch begins. */
  resample(samplingIntervalBytes: number): void;
  /**
   * Reads the live samples by allocation stack. V8 runs a full garbage collection for it.
   *
   * @throws TidemarkError TIDEMARK_ERR_PROFILE_UNAVAILABLE if the lease is released or the protocol fails
   */
  read(): RawProfile;
  /**
   * Samples finely while `work` runs, and then reads its live samples. Earlier samples are lost, and a new epoch begins
   * afterwards. {@link read} fails until then.
   *
   * @throws TidemarkError TIDEMARK_ERR_PROFILE_UNAVAILABLE as {@link read}, and during another call
   */
  sampleFinely(options: FineSampling): Promise<RawProfile>;
  /** Gives the share back; the last one stops the sampling. May be called twice. */
  release(): void;
}

export interface FineSampling {
  readonly samplingIntervalBytes: number;
  /** Aborted when the last lease is released. */
  work(signal: AbortSignal): Promise<void>;
}

export interface IsolateProfiler {
  acquire(settings: SamplingSettings): ProfilerLease;
}
