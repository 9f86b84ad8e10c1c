import { TidemarkError } from '../../base/errors.js';
import { compareSessions, type SessionComparison } from './compare.js';
import { demand, errorOf, invalid, nameOf, shortened } from './outcome.js';
import { createSharedPoints, limitationOf, takePoint, type Point, type SessionSource } from './point.js';
import { measured, type Measured } from './result.js';
import type { Limitation, ProfileSession } from './session.js';
import { createSessionStore, type SessionStoreLimits } from './store.js';

export interface ProfileSessionOptions {
  /** Name of the session; cut after 100 characters. Default: the name of the function, or `session`. */
  readonly name?: string;
  /**
   * Whether a session that cannot be measured is an error: a refused reading then rejects, before the operation runs
   * if it is the first. By default the session lists it in `limitations`.
   */
  readonly required?: boolean;
}

export interface ProfiledOperation<T> {
  /** What the operation returned. */
  readonly value: T;
  readonly session: ProfileSession;
}

/** A session that runs until it is stopped. */
export interface ProfileSessionHandle {
  readonly id: string;
  readonly name: string;
  /** Takes the second reading and stores the session; further calls return the same. */
  stop(): Promise<ProfileSession>;
}

/** Profiles of operations, measured between two readings of the process. */
export interface ProfileSessions {
  profile<T>(
    operation: () => T | PromiseLike<T>,
    options?: ProfileSessionOptions,
  ): Promise<ProfiledOperation<Awaited<T>>>;
  start(options?: ProfileSessionOptions): Promise<ProfileSessionHandle>;
  /** Newest first. */
  list(): readonly ProfileSession[];
  /** @throws TidemarkError TIDEMARK_ERR_PROFILE_SESSION_UNKNOWN */
  get(id: string): ProfileSession;
  /** @throws TidemarkError TIDEMARK_ERR_PROFILE_SESSION_UNKNOWN */
  compare(id1: string, id2: string): SessionComparison;
  /** Started and not yet stopped. */
  readonly open: number;
  readonly dropped: number;
  /** Size of the stored sessions as JSON. */
  readonly storedBytes: number;
}

/** Each holds the sums of its first reading, a few hundred KB at worst. */
const MAX_OPEN = 32;

interface Open {
  readonly id: string;
  readonly name: string;
  readonly required: boolean;
  readonly from: Point | undefined;
  readonly limitations: readonly Limitation[];
  readonly startedAtMs: number;
  readonly beganMs: number;
  overlapping: number;
}

export function createProfileSessions(source: SessionSource, limits: SessionStoreLimits): ProfileSessions {
  const store = createSessionStore(limits);
  const point = createSharedPoints(async () => takePoint(source));
  const opened = new Set<Open>();
  let places = 0;
  let lastId = 0;

  const names = source.profile && { profile: source.profile };

  async function firstPoint(): Promise<Point> {
    if (places > MAX_OPEN) {
      throw new TidemarkError('TIDEMARK_ERR_PROFILE_SESSION_LIMIT', { reason: `${MAX_OPEN} are open` });
    }
    // The table of samples is dropped: kept until the second reading, it would count towards that floor.
    const { table: _, ...from } = await point();
    return from;
  }

  async function begin(name: string, required: boolean): Promise<Open> {
    lastId += 1;
    const id = String(lastId);
    let from: Point | undefined;
    const limitations: Limitation[] = [];
    places += 1;
    try {
      from = await firstPoint();
      if (required) demand(from.limitations);
    } catch (error) {
      places -= 1;
      if (required) throw error;
      limitations.push(limitationOf('start', error));
    }
    const session: Open = {
      id,
      name,
      required,
      from,
      limitations,
      startedAtMs: source.clock.wall(),
      beganMs: source.clock.monotonic(),
      overlapping: opened.size,
    };
    if (from === undefined) return session;
    for (const other of opened) other.overlapping += 1;
    opened.add(session);
    return session;
  }

  async function lastPoint({ from, limitations, required }: Open): Promise<Measured> {
    // Without a first reading, a second one costs a pause and says nothing.
    if (from === undefined) return { pauseMs: 0, limitations };
    try {
      const result = measured(from, await point(), names);
      if (required) demand(result.limitations);
      return result;
    } catch (error) {
      if (required) throw error;
      return { pauseMs: from.pauseMs, limitations: [...from.limitations, limitationOf('end', error)] };
    }
  }

  async function end(session: Open, failure?: { readonly error: unknown }): Promise<ProfileSession> {
    const durationMs = source.clock.monotonic() - session.beganMs;
    try {
      const result = await lastPoint(failure === undefined ? session : { ...session, required: false });
      return store.add({
        id: session.id,
        name: session.name,
        status: failure === undefined ? 'completed' : 'failed',
        ...(failure && { error: errorOf(failure.error) }),
        startedAt: new Date(session.startedAtMs).toISOString(),
        durationMs,
        overlapping: session.overlapping,
        ...result,
      });
    } finally {
      if (opened.delete(session)) places -= 1;
    }
  }

  function find(id: string): ProfileSession {
    const session = store.get(id);
    if (session === undefined) {
      const reason = `"${shortened(id)}"`;
      throw new TidemarkError('TIDEMARK_ERR_PROFILE_SESSION_UNKNOWN', { reason });
    }
    return session;
  }

  return {
    async profile<T>(operation: () => T | PromiseLike<T>, options: ProfileSessionOptions = {}) {
      if (typeof operation !== 'function') throw invalid('fn', 'a function', operation);
      const session = await begin(nameOf(options.name, operation.name), options.required === true);
      let value: Awaited<T>;
      try {
        value = await operation();
      } catch (error) {
        await end(session, { error });
        throw error;
      }
      return { value, session: await end(session) };
    },
    async start(options = {}) {
      const session = await begin(nameOf(options.name, 'session'), options.required === true);
      return handleOf(session, end);
    },
    list: () => store.list(),
    get: find,
    compare: (id1, id2) => compareSessions(find(id1), find(id2)),
    get open() {
      return opened.size;
    },
    get dropped() {
      return store.dropped;
    },
    get storedBytes() {
      return store.bytes;
    },
  };
}

/** A handle that the application keeps must not keep the first reading alive. */
function handleOf(session: Open, end: (session: Open) => Promise<ProfileSession>): ProfileSessionHandle {
  const { id, name } = session;
  let state: Open | Promise<ProfileSession> = session;
  return {
    id,
    name,
    async stop() {
      if (!(state instanceof Promise)) state = end(state);
      return state;
    },
  };
}
