import { TidemarkError } from '../base/errors.js';
import type { ProtocolNode, ProtocolSample } from './raw-profile.js';

/** The part of `node:inspector`'s Session that is used here. */
export interface InspectorSession {
  connect(): void;
  disconnect(): void;
  post(
    method: string,
    params: object | undefined,
    callback: (error: Error | null, result?: object) => void,
  ): void;
}

export interface ProtocolProfile {
  readonly head: ProtocolNode;
  readonly samples: readonly ProtocolSample[];
}

export interface SamplingSettings {
  readonly samplingIntervalBytes: number;
  /** Frames kept per stack. Node 20 ignores it and keeps 128. */
  readonly stackDepth: number;
}

export interface StartSettings extends SamplingSettings {
  /** Also keeps samples of collected objects: memory grows with time, so only for a short while. */
  readonly keepCollected?: boolean;
}

/** An inspector session limited to HeapProfiler's sampling commands. */
export interface SamplingSession {
  start(settings: StartSettings): void;
  /** The live profile, or undefined if this isolate is not being sampled. */
  read(): ProtocolProfile | undefined;
  /** Stops sampling, without the collection that reading costs. */
  stop(): void;
  /** Stops sampling and closes the session. */
  close(): void;
}

/**
 * Opens a Session of `node:inspector`; undefined if Node was built without it.
 *
 * @throws where Node's permission model forbids it
 */
function openInspector(): InspectorSession | undefined {
  try {
    const inspector = process.getBuiltinModule('node:inspector');
    return new inspector.Session();
  } catch (error) {
    if (isForbidden(error)) throw error;
    return undefined;
  }
}

function isForbidden(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_ACCESS_DENIED';
}

export function unavailable(reason: string, cause?: unknown): TidemarkError {
  return new TidemarkError('TIDEMARK_ERR_PROFILE_UNAVAILABLE', { reason, cause });
}

/** Another session samples this isolate. V8 has run a full collection to answer that. */
export class ProfilerHeldError extends TidemarkError {
  constructor(reason: string) {
    super('TIDEMARK_ERR_PROFILE_UNAVAILABLE', { reason });
  }
}

/** V8 answers a session on its own thread before `post` returns, so no promise is needed. */
function call(session: InspectorSession, method: string, params?: object): object {
  let answer: { error: Error | null; result: object } | undefined;
  try {
    session.post(method, params, (error, result) => (answer = { error, result: result ?? {} }));
  } catch (error) {
    throw unavailable(`the inspector refused ${method}`, error);
  }
  if (answer === undefined) throw unavailable(`the inspector did not answer ${method}`);
  if (answer.error !== null) throw unavailable(`${method} failed: ${answer.error.message}`, answer.error);
  return answer.result;
}

function isProtocolProfile(value: unknown): value is ProtocolProfile {
  if (typeof value !== 'object' || value === null) return false;
  return 'head' in value && 'samples' in value && Array.isArray(value.samples);
}

function connected(open: () => InspectorSession | undefined): InspectorSession | undefined {
  try {
    const session = open();
    session?.connect();
    return session;
  } catch (error) {
    const reason = isForbidden(error)
      ? 'the permission model of Node forbids the inspector; --allow-inspector permits it, where this Node has that option'
      : 'the inspector session could not connect';
    throw unavailable(reason, error);
  }
}

/** @throws TidemarkError TIDEMARK_ERR_PROFILE_UNAVAILABLE if there is no inspector, or it refuses. */
export function openSamplingSession(
  open: () => InspectorSession | undefined = openInspector,
): SamplingSession {
  const session = connected(open);
  if (session === undefined) throw unavailable('this Node was built without the inspector');

  return {
    start({ samplingIntervalBytes, stackDepth, keepCollected = false }) {
      call(session, 'HeapProfiler.startSampling', {
        samplingInterval: samplingIntervalBytes,
        stackDepth,
        includeObjectsCollectedByMajorGC: keepCollected,
        includeObjectsCollectedByMinorGC: keepCollected,
      });
    },
    stop() {
      // Not stopSampling: that builds an unused last profile, with a full collection.
      call(session, 'HeapProfiler.disable');
    },
    read() {
      let result: object;
      try {
        result = call(session, 'HeapProfiler.getSamplingProfile');
      } catch (error) {
        // "V8 sampling heap profiler was not started": the only way to learn that nobody is sampling.
        if (error instanceof TidemarkError && /was not started/.test(error.message)) return undefined;
        throw error;
      }
      if ('profile' in result && isProtocolProfile(result.profile)) return result.profile;
      throw unavailable('the inspector answered a profile without samples');
    },
    close() {
      try {
        call(session, 'HeapProfiler.disable');
      } finally {
        session.disconnect();
      }
    },
  };
}
