import type { RawProfile } from './raw-profile.js';
import type { SamplingSettings } from './sampling-session.js';

/** A share of the isolate's only sampling heap profiler. */
export interface ProfilerLease extends SamplingSettings {
  /** What really runs: whoever came first has set it, and {@link resample} changes it for all. */
  readonly samplingIntervalBytes: number;
  readonly stackDepth: number;
  /** How often another inspector session ended or replaced our sampling. */
  readonly restarts: number;
  /**
   * Starts the sampling again if another session has ended it. Cheap (20 µs), because it does not ask V8 whether it did;
   * {@link read} finds out.
   */
  resume(): void;
  /** Samples at this interval from now on. What was sampled before is lost, and a new epoch begins. */
  resample(samplingIntervalBytes: number): void;
  /**
   * What is alive, by allocation stack. V8 runs a full garbage collection for it.
   *
   * @throws TidemarkError TIDEMARK_ERR_PROFILE_UNAVAILABLE if the lease is released or the protocol fails
   */
  read(): RawProfile;
  /**
   * Samples finely while `work` runs, and reads what of it is alive then. What was sampled before is lost, and a new epoch
   * begins after it; {@link read} fails meanwhile.
   *
   * @throws TidemarkError TIDEMARK_ERR_PROFILE_UNAVAILABLE as {@link read}, and while another samples finely
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
