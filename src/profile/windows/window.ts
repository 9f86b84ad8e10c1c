import type { Clock } from '../../base/clock.js';
import { followContexts, type Contexts } from './contexts.js';
import { createMarks, NOBODY, UNKNOWN, type Marks, type Owner } from './marks.js';

/** No slot: the request is not followed, and no window is open. */
export const NO_SLOT = -1;
/**
 * No slot either: it began while the last requests of a window were waited for, or while more were followed than marks
 * allow. It must not pass for nobody's.
 */
export const UNFOLLOWED = UNKNOWN;
/** Added to a slot for what runs in the context of a request that has ended. */
export const AFTER_END = 2 ** 20;
/** The request that an owner is, or ran after. */
export const slotOf = (owner: Owner): number => (owner >= AFTER_END ? owner - AFTER_END : owner);
const MAX_REQUESTS = 16_384;
const UNFINISHED = -(2 ** 31);
/** A request that ran another's work, or whose work ran as another's: nothing tells which of it was whose. */
const MIXED = UNFINISHED + 1;

export interface WindowLimits {
  readonly samplingIntervalBytes: number;
  /** New requests are followed for so long. */
  readonly openMs: number;
  /** And then waited for, so long at the most. */
  readonly drainMs: number;
  readonly maxMarkBytes: number;
}

/**
 * Shares of the marks that requests may have used at the beginning and by the end of a window: where more would be needed,
 * not all requests are followed. A mark is a sample, so this bounds what busy servers lose; the rest is for the drain.
 */
const MARKS_AT_FIRST = 0.1;
const MARKS_BY_THE_END = 0.8;

export type WindowEnd = 'time' | 'marks' | 'requests' | 'stopped';

/** The requests of one window, followed from their begin to their end. */
export interface OpenWindow {
  /**
   * The slot of a request that begins now, or a negative number that {@link run} and {@link end} take as well.
   *
   * @param connection its socket, if it has one that other requests may use after it
   */
  begin(connection?: object): number;
  /** Runs the request from its begin on. */
  run(slot: number, work: () => void): void;
  /** Goes on with a request whose context was lost. */
  enter(slot: number): void;
  /** @param route row of its route; negative for one that is not recorded, whose requests are not counted */
  end(slot: number, route: number): void;
  /** Follows no more requests, and ends when those under way have ended. */
  close(): void;
  /** Ends at once. */
  stop(): void;
  readonly done: Promise<WindowEnd>;
  readonly marks: Marks;
  readonly requests: number;
  /** The last request of each connection: until the next one comes, an idle connection holds parts of it. */
  lastOfConnections(): ReadonlySet<number>;
  /** Row of the route of a request, or of what ran after it; undefined while it has not ended, and where nothing tells. */
  routeOf(owner: Owner): number | undefined;
}

export function openWindow(limits: WindowLimits, clock: Clock): OpenWindow {
  const marks = createMarks(limits.samplingIntervalBytes, limits.maxMarkBytes);
  const routes = new Int32Array(MAX_REQUESTS).fill(UNFINISHED);
  const hasEnded = new Uint8Array(MAX_REQUESTS);
  /** What ran as this request after its end was another's work. */
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
    // Between requests that are not followed, nobody's work is not worth a mark: it is left unattributed with them.
    if (owner === NOBODY && newest === UNFOLLOWED) return;
    newest = owner;
    if (!marks.add(owner)) finish('marks');
  }

  /** Marks that may have been used by now. */
  function marksDue(): number {
    const passed = Math.min(1, 1 - (closesAtMs - clock.monotonic()) / limits.openMs);
    return marks.capacity * (MARKS_AT_FIRST + (MARKS_BY_THE_END - MARKS_AT_FIRST) * passed);
  }

  /** No more requests are followed, those under way are. */
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
      // Whoever ended it ran its work: a callback that waited, without its context, for another request to be done.
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
