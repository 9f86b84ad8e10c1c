import type { Clock } from '../../base/clock.js';
import { followContexts, type Contexts } from './contexts.js';
import { createMarks, NOBODY, UNKNOWN, type Marks, type Owner } from './marks.js';

/** No slot: the request is not followed, and no window is open. */
export const NO_SLOT = -1;
/**
 * No slot either: the request began during the drain, or when marks were running short. Its work must not count as work
 * outside requests.
 */
export const UNFOLLOWED = UNKNOWN;
/** Added to a slot for work in the context of a request that has ended. */
export const AFTER_END = 2 ** 20;
/** The request that an owner is, or ran after. */
export const slotOf = (owner: Owner): number => (owner >= AFTER_END ? owner - AFTER_END : owner);
const MAX_REQUESTS = 16_384;
const UNFINISHED = -(2 ** 31);
/** A request whose context is mixed with another's: their allocations cannot be separated. */
const MIXED = UNFINISHED + 1;

export interface WindowLimits {
  readonly samplingIntervalBytes: number;
  /** How long new requests are followed. */
  readonly openMs: number;
  /** The longest wait for their ends after that. */
  readonly drainMs: number;
  readonly maxMarkBytes: number;
}

/**
 * Shares of the marks that may be used at the beginning and by the end of a window: beyond that, new requests are not
 * followed. A mark is a sample, so this bounds the cost on a busy server. The rest is for the drain.
 */
const MARKS_AT_FIRST = 0.1;
const MARKS_BY_THE_END = 0.8;

export type WindowEnd = 'time' | 'marks' | 'requests' | 'stopped';

/** The requests of one window, followed from begin to end. */
export interface OpenWindow {
  /**
   * The slot of a request that begins now, or a negative number that {@link run} and {@link end} take as well.
   *
   * @param connection its socket, if later requests may use it as well
   */
  begin(connection?: object): number;
  /** Runs the request from its begin on. */
  run(slot: number, work: () => void): void;
  /** Restores the lost context of a request. */
  enter(slot: number): void;
  /** @param route row of its route; negative for one that is not recorded, whose requests are not counted */
  end(slot: number, route: number): void;
  /** Follows no more requests; the window ends when those in flight have ended. */
  close(): void;
  /** Ends at once. */
  stop(): void;
  readonly done: Promise<WindowEnd>;
  readonly marks: Marks;
  readonly requests: number;
  /** The last request of each connection: an idle connection holds parts of it until the next one arrives. */
  lastOfConnections(): ReadonlySet<number>;
  /** Row of the route of a request, or of work after its end; undefined if it has not ended or cannot be attributed. */
  routeOf(owner: Owner): number | undefined;
}

export function openWindow(limits: WindowLimits, clock: Clock): OpenWindow {
  const marks = createMarks(limits.samplingIntervalBytes, limits.maxMarkBytes);
  const routes = new Int32Array(MAX_REQUESTS).fill(UNFINISHED);
  const hasEnded = new Uint8Array(MAX_REQUESTS);
  /** Whether work in its context after its end belonged to another request. */
  const isMixedAfter = new Uint8Array(MAX_REQUESTS);
  const closesAtMs = clock.monotonic() + limits.openMs;
  const { promise: done, resolve } = withResolvers<WindowEnd>();
  const connections = lastRequests();
  let requests = 0;
  let inFlight = 0;
  let isOpen = true;
  let reason: WindowEnd = 'time';
  let newest: Owner = NOBODY;
  let contexts: Contexts | undefined = followContexts(mark);
  let timer: NodeJS.Timeout | undefined = setTimeout(close, limits.openMs, 'time');

  function mark(): void {
    if (contexts === undefined) return;
    const slot = contexts.current();
    const owner = slot >= 0 && hasEnded[slot] === 1 ? slot + AFTER_END : slot;
    if (owner === newest) return;
    // Saves marks: work outside requests stays unattributed when it comes between requests that are not followed.
    if (owner === NOBODY && newest === UNFOLLOWED) return;
    newest = owner;
    if (!marks.add(owner)) finish('marks');
  }

  /** Marks that may have been used by now. */
  function marksDue(): number {
    const passed = Math.min(1, 1 - (closesAtMs - clock.monotonic()) / limits.openMs);
    return marks.capacity * (MARKS_AT_FIRST + (MARKS_BY_THE_END - MARKS_AT_FIRST) * passed);
  }

  /** Follows no more requests, except those in flight. */
  function close(why: WindowEnd): void {
    if (!isOpen) return;
    isOpen = false;
    reason = why;
    clearTimeout(timer);
    if (inFlight === 0) finish(why);
    else timer = setTimeout(finish, limits.drainMs, why);
  }

  function finish(why: WindowEnd): void {
    if (contexts === undefined) return;
    isOpen = false;
    clearTimeout(timer);
    contexts.stop();
    contexts = undefined;
    timer = undefined;
    marks.add(NOBODY);
    resolve(why);
  }

  return {
    marks,
    done,
    get requests() {
      return requests;
    },
    begin(connection) {
      if (isOpen && requests === MAX_REQUESTS) close('requests');
      else if (isOpen && clock.monotonic() >= closesAtMs) close('time');
      if (!isOpen) return contexts === undefined ? NO_SLOT : UNFOLLOWED;
      if (marks.count > marksDue()) return UNFOLLOWED;
      inFlight += 1;
      if (connection !== undefined) connections.note(connection, requests);
      return requests++;
    },
    run(slot, work) {
      if (slot === NO_SLOT || contexts === undefined) work();
      else contexts.run(slot, work);
    },
    enter(slot) {
      if (slot >= 0) contexts?.enter(slot);
    },
    end(slot, route) {
      if (slot < 0 || hasEnded[slot] === 1) return;
      hasEnded[slot] = 1;
      inFlight -= 1;
      if (routes[slot] === UNFINISHED) routes[slot] = route;
      // If another request ended it, a callback lost its context and ran in that of the other request.
      const ender = contexts?.current() ?? NOBODY;
      if (ender >= 0 && ender !== slot) {
        routes[slot] = MIXED;
        if (hasEnded[ender] === 0) routes[ender] = MIXED;
        isMixedAfter[ender] = 1;
      }
      if (newest === slot) mark();
      if (!isOpen && inFlight === 0) finish(reason);
    },
    close: () => close('stopped'),
    stop: () => finish('stopped'),
    lastOfConnections: () => connections.last,
    routeOf(owner) {
      if (owner < 0) return undefined;
      const slot = slotOf(owner);
      const route = routes[slot]!;
      return route < 0 || (owner !== slot && isMixedAfter[slot] === 1) ? undefined : route;
    },
  };
}

/**
 * The newest request of each connection. Connections are held weakly: what a closed one still holds would pass for what
 * requests leave behind, and a response that outlives the window would keep all of them.
 */
function lastRequests() {
  const lastOf = new WeakMap<object, number>();
  const last = new Set<number>();
  return {
    last,
    note(connection: object, request: number): void {
      const before = lastOf.get(connection);
      if (before !== undefined) last.delete(before);
      last.add(request);
      lastOf.set(connection, request);
    },
  };
}

function withResolvers<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve!: (value: T) => void;
  const promise = new Promise<T>((settle) => (resolve = settle));
  return { promise, resolve };
}
