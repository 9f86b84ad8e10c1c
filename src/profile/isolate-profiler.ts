import { performance } from 'node:perf_hooks';
import type { FineSampling, IsolateProfiler } from './profiler-lease.js';
import type { RawProfile, SamplingCause } from './raw-profile.js';
import { profilerHolder } from './profiler-holder.js';
import { createSampleContinuity } from './sample-continuity.js';
import {
  openSamplingSession,
  ProfilerHeldError,
  unavailable,
  type ProtocolProfile,
  type SamplingSession,
  type SamplingSettings,
} from './sampling-session.js';
import type { ProfilerLease } from './profiler-lease.js';

interface Running {
  readonly session: SamplingSession;
  settings: SamplingSettings;
}

const KEY = Symbol.for('tidemark.isolate-profiler');

/**
 * @param open opens the inspector session
 * @param onIdle called when the last lease is released
 */
export function createIsolateProfiler(
  open: () => SamplingSession = openSamplingSession,
  onIdle: () => void = () => undefined,
  holderOf: () => string = profilerHolder,
): IsolateProfiler {
  const continuity = createSampleContinuity();
  let running: Running | undefined;
  let leases = 0;
  let restarts = 0;
  let epoch = 0;
  let startedAtMs = 0;
  let lastReadMs = 0;
  let cause: SamplingCause = 'start';
  /** Set while a window samples finely. */
  let window: AbortController | undefined;

  function beginEpoch(because: SamplingCause, atMs = Date.now()): void {
    cause = because;
    epoch = performance.now();
    startedAtMs = atMs;
  }

  function start(settings: SamplingSettings): Running {
    const session = open();
    try {
      // V8 silently accepts a second start and keeps the first interval: ask before.
      if (session.read() !== undefined) {
        throw new ProfilerHeldError(holderOf());
      }
      session.start(settings);
    } catch (error) {
      // Closing a session that did not start leaves the sampling of another alone.
      session.close();
      throw error;
    }
    continuity.reset();
    beginEpoch('start');
    return { session, settings };
  }

  function active(): Running {
    if (running === undefined) throw unavailable('the profiler is not running');
    if (window !== undefined) throw unavailable('a retention window is open');
    return running;
  }

  function restart({ session, settings }: Running, because: SamplingCause): void {
    session.start(settings);
    continuity.reset();
    beginEpoch(because);
  }

  function resume(): void {
    // V8 ignores a start while it is sampling.
    if (running !== undefined && window === undefined) running.session.start(running.settings);
  }

  function resample(samplingIntervalBytes: number): void {
    if (running === undefined) throw unavailable('the profiler is not running');
    running.settings = { ...running.settings, samplingIntervalBytes };
    // The sampling restarts at the end of the window anyway.
    if (window !== undefined) return;
    running.session.stop();
    restart(running, 'interval');
  }

  function toRaw(profile: ProtocolProfile, samplingIntervalBytes: number, beganMs: number): RawProfile {
    let highestOrdinal = 0;
    for (const { ordinal } of profile.samples) if (ordinal > highestOrdinal) highestOrdinal = ordinal;
    return {
      takenAtMs: Date.now(),
      startedAtMs,
      cause,
      epoch,
      samplingIntervalBytes,
      head: profile.head,
      samples: profile.samples,
      highestOrdinal,
      costMs: performance.now() - beganMs,
    };
  }

  function read(): RawProfile {
    const held = active();
    const { session, settings } = held;
    const beganMs = performance.now();
    let profile = session.read();
    if (profile === undefined) {
      // Any session's stopSampling, or its disconnection after a startSampling, silently ends ours.
      restarts += 1;
      restart(held, 'interruption');
      profile = session.read();
    }
    if (profile === undefined) throw unavailable('sampling ended and would not start again');
    if (!continuity.continues(profile.samples)) {
      // Another session stopped ours and started its own. Its sizes are scaled by its own interval, so they are right.
      restarts += 1;
      beginEpoch('interruption', lastReadMs);
    }
    const raw = toRaw(profile, settings.samplingIntervalBytes, beganMs);
    lastReadMs = raw.takenAtMs;
    return raw;
  }

  async function sampleFinely({ samplingIntervalBytes, work }: FineSampling): Promise<RawProfile> {
    const held = active();
    const { session, settings } = held;
    session.stop();
    session.start({ ...settings, samplingIntervalBytes });
    beginEpoch('window');
    window = new AbortController();
    try {
      const { signal } = window;
      await work(signal);
      if (signal.aborted) throw unavailable('the profiler was stopped');
      const beganMs = performance.now();
      const profile = session.read();
      if (profile === undefined) throw unavailable('another inspector session ended the sampling');
      return toRaw(profile, samplingIntervalBytes, beganMs);
    } finally {
      window = undefined;
      if (running === held) {
        session.stop();
        restart(held, 'window');
      }
    }
  }

  function releaseOne(): void {
    leases -= 1;
    if (leases > 0 || running === undefined) return;
    const { session } = running;
    running = undefined;
    window?.abort();
    continuity.reset();
    onIdle();
    session.close();
  }

  return {
    acquire(settings) {
      running ??= start(settings);
      leases += 1;
      const { stackDepth } = running.settings;
      let held = true;
      return {
        get samplingIntervalBytes() {
          return (running?.settings ?? settings).samplingIntervalBytes;
        },
        stackDepth,
        get restarts() {
          return restarts;
        },
        resume() {
          if (held) resume();
        },
        resample(samplingIntervalBytes) {
          if (held) resample(samplingIntervalBytes);
        },
        read() {
          if (held) return read();
          throw unavailable('the lease was released');
        },
        async sampleFinely(options) {
          if (held) return sampleFinely(options);
          throw unavailable('the lease was released');
        },
        release() {
          if (!held) return;
          held = false;
          releaseOne();
        },
      };
    },
  };
}

function isIsolateProfiler(value: unknown): value is IsolateProfiler {
  return (
    typeof value === 'object' && value !== null && 'acquire' in value && typeof value.acquire === 'function'
  );
}

/**
 * Leases the isolate's only sampling heap profiler, starting it for the first lease.
 *
 * V8 has one sampler per isolate, so all Fastify instances and all copies of this package share one profiler, found
 * under a registered symbol on `globalThis`.
 *
 * @throws TidemarkError TIDEMARK_ERR_PROFILE_UNAVAILABLE without an inspector, if the protocol refuses, or if another
 *   session already samples
 */
export function acquire(settings: SamplingSettings): ProfilerLease {
  const existing: unknown = Reflect.get(globalThis, KEY);
  if (isIsolateProfiler(existing)) return existing.acquire(settings);
  const profiler = createIsolateProfiler(openSamplingSession, () => Reflect.deleteProperty(globalThis, KEY));
  const lease = profiler.acquire(settings);
  Object.defineProperty(globalThis, KEY, { value: profiler, configurable: true });
  return lease;
}
