import { TidemarkError } from '../../base/errors.js';
import type { Clock } from '../../base/clock.js';
import { wait } from '../../base/wait.js';
import type { LiveProfile } from '../live-profile.js';
import { LONGEST_HOOKS_MS, planWindow, refusalOf, type Traffic } from './plan.js';
import { survivorsOf, type Survivors } from './survivors.js';
import { openWindow, type OpenWindow, type WindowEnd } from './window.js';

/** The result of one window. */
export interface Retention extends Survivors {
  /** Monotonic clock. */
  readonly fromMs: number;
  readonly toMs: number;
  /** How long promise hooks were on. */
  readonly hooksMs: number;
  /** How long the readings held the thread. */
  readonly pauseMs: number;
  readonly ended: WindowEnd;
  /** Held by its marks at its end. */
  readonly marksBytes: number;
}

export interface WindowRequest {
  /** How long requests are followed; see {@link planWindow}. */
  readonly wantedMs?: number;
  readonly signal?: AbortSignal;
  /** Called once requests are followed: nothing refuses the window any more. */
  readonly onOpen?: () => void;
}

/** Retention windows: which requests leave memory behind. One at a time per process. */
export interface RetentionWindows {
  /** The window that follows requests now; undefined between windows, when a request only reads this field. */
  readonly open: OpenWindow | undefined;
  /** Results of the last 16 windows, oldest first. */
  readonly results: readonly Retention[];
  readonly count: number;
  /** Seconds that promise hooks were on, over all windows. */
  readonly hooksSeconds: number;
  /** Whether a window held marks at that time: a collection then leaves the marks as well, so it is no floor. */
  heldMarksAt(monotonicMs: number): boolean;
  /** Whether the budget for promise hooks (0.2 % of the time in the long run) allows an automatic window. */
  affordable(): boolean;
  /** Seconds that promise hooks may be on now; negative if windows took more. */
  readonly creditSeconds: number;
  /** Seconds until there is credit again; 0 while there is some. */
  readonly creditInSeconds: number;
  /** Why the profile or the free memory does not allow a window now; undefined if they do. */
  refusal(): string | undefined;
  /**
   * @throws TidemarkError TIDEMARK_ERR_PROFILE_UNAVAILABLE without a profile, near the memory limit, when another profiler
   *   samples, or when the server closes
   */
  run(request?: WindowRequest): Promise<Retention>;
}

export interface WindowSources {
  readonly clock: Clock;
  readonly profile: Pick<LiveProfile, 'running' | 'sampleWindow'>;
  traffic(): Traffic;
  /** Aborted when the server is about to close. */
  readonly stopping: AbortSignal;
}

/** Enough for four windows in a row; later ones are rare. */
const FULL_CREDIT_MS = 8_000;
const HOOKS_SHARE = 0.002;
const MAX_RESULTS = 16;

export function createRetentionWindows({
  clock,
  profile,
  traffic,
  stopping,
}: WindowSources): RetentionWindows {
  let open: OpenWindow | undefined;
  let running: Promise<Retention> | undefined;
  let results: readonly Retention[] = [];
  let count = 0;
  let hooksMs = 0;
  /** Of the last windows: Node tells of a collection later, when the next window may be open. */
  let marked: readonly { readonly fromMs: number; readonly toMs: number }[] = [];
  let credit = { ms: FULL_CREDIT_MS, atMs: clock.monotonic() };
  const creditMs = (): number =>
    Math.min(FULL_CREDIT_MS, credit.ms + (clock.monotonic() - credit.atMs) * HOOKS_SHARE);

  const refusal = (): string | undefined =>
    profile.running ? refusalOf(traffic()) : 'the profile is not running';

  /** Charges a window however it ended: the budget promises the application a share of its time. */
  function charge(elapsedMs: number): number {
    // The process may have been suspended for part of the elapsed time.
    const spentMs = Math.min(elapsedMs, LONGEST_HOOKS_MS);
    count += 1;
    hooksMs += spentMs;
    credit = { ms: creditMs() - spentMs, atMs: clock.monotonic() };
    return spentMs;
  }

  async function follow(window: OpenWindow, ends: readonly End[], onOpen?: () => void): Promise<WindowEnd> {
    const stop = (): void => window.stop();
    for (const { signal } of ends) signal.addEventListener('abort', stop, { once: true });
    if (endedBy(ends) !== undefined) stop();
    try {
      open = window;
      onOpen?.();
      return await window.done;
    } finally {
      open = undefined;
      window.stop();
      for (const { signal } of ends) signal.removeEventListener('abort', stop);
    }
  }

  async function runOne({ wantedMs, signal, onOpen }: WindowRequest): Promise<Retention> {
    const plan = planWindow(traffic(), wantedMs);
    let window: OpenWindow | undefined;
    let times = { fromMs: clock.monotonic(), hooksMs: 0 };
    let ended: WindowEnd = 'stopped';
    try {
      const { live, pauseMs } = await profile.sampleWindow({
        samplingIntervalBytes: plan.samplingIntervalBytes,
        async work(lost) {
          const ends = [...endsOf(signal), { signal: lost, reason: 'the profile was stopped' }];
          // The signals may have been aborted during the first reading.
          const end = endedBy(ends);
          if (end !== undefined) throw unavailable(end.reason);
          const fromMs = clock.monotonic();
          marked = [...marked.slice(1 - MAX_RESULTS), { fromMs, toMs: Infinity }];
          window = openWindow(plan, clock);
          try {
            ended = await follow(window, ends, onOpen);
          } finally {
            times = { fromMs, hooksMs: charge(clock.monotonic() - fromMs) };
          }
          await settle(plan.settleMs, ends);
        },
      });
      const toMs = times.fromMs + times.hooksMs;
      const { bytes: marksBytes } = window!.marks;
      const retention = { ...survivorsOf(live, window!), ...times, toMs, pauseMs, ended, marksBytes };
      results = [...results.slice(1 - MAX_RESULTS), retention];
      return retention;
    } finally {
      window?.marks.release();
      const endMs = clock.monotonic();
      marked = marked.map(({ fromMs, toMs }) => ({ fromMs, toMs: Math.min(toMs, endMs) }));
    }
  }

  /** What ends a window before its time. */
  function endsOf(signal: AbortSignal | undefined): readonly End[] {
    const closing: End = { signal: stopping, reason: 'the server is closing' };
    return signal === undefined
      ? [closing]
      : [closing, { signal, reason: 'the caller cancelled it or disconnected' }];
  }

  return {
    get open() {
      return open;
    },
    get results() {
      return results;
    },
    get count() {
      return count;
    },
    get hooksSeconds() {
      return hooksMs / 1000;
    },
    heldMarksAt: (ms) => marked.some(({ fromMs, toMs }) => ms >= fromMs && ms <= toMs),
    affordable: () => creditMs() > FULL_CREDIT_MS / 8,
    get creditSeconds() {
      return creditMs() / 1000;
    },
    get creditInSeconds() {
      return Math.max(0, -creditMs() / 1000 / HOOKS_SHARE);
    },
    refusal,
    async run(request = {}) {
      const reason = endedBy(endsOf(request.signal))?.reason ?? refusal();
      if (reason !== undefined) throw unavailable(reason);
      running ??= runOne(request).finally(() => (running = undefined));
      return running;
    },
  };
}

interface End {
  readonly signal: AbortSignal;
  readonly reason: string;
}

const endedBy = (ends: readonly End[]): End | undefined => ends.find(({ signal }) => signal.aborted);

async function settle(ms: number, ends: readonly End[]): Promise<void> {
  const signals = ends.map(({ signal }) => signal);
  await wait(ms / 1000, signals).catch((error: unknown) => {
    const end = endedBy(ends);
    throw end === undefined ? error : unavailable(end.reason);
  });
}

function unavailable(reason: string): TidemarkError {
  return new TidemarkError('TIDEMARK_ERR_PROFILE_UNAVAILABLE', { reason });
}
