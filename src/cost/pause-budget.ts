import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../base/clock.js';
import { createPauseWindow, type MinuteSpend } from './pause-window.js';
import { readStateFile, writeStateFile } from './state-file.js';

export interface PauseBudgetSettings {
  /** Milliseconds the serving thread may be blocked by diagnostics in any hour; 0 allows nothing. */
  readonly millisecondsPerHour: number;
  readonly clock: Clock;
  /** Where the spending is kept across restarts; without it, it is not. */
  readonly file?: string;
  /** Told when the file cannot be read or written; the budget goes on without it. */
  readonly onError?: (error: unknown) => void;
}

export type SpendResult = { readonly ok: true } | { readonly ok: false; readonly retryAfterSeconds: number };

/** A shared budget of blocked milliseconds in any hour. */
export interface PauseBudget {
  remainingMs(): number;
  /** What {@link PauseBudget.trySpend} would answer; reserves nothing. */
  canSpend(expectedMs: number): SpendResult;
  /** Reserves `expectedMs`; refuses when that is more than what is left, or when nothing is left. */
  trySpend(expectedMs: number): SpendResult;
  /**
   * Replaces the newest unsettled reservation by what it really took; without one, charges `actualMs`. (Where
   * operations overlap, whose reservation it was does not change the sum.)
   */
  settle(actualMs: number): void;
  /** Takes over what the previous life of this process spent. Never rejects. */
  load(): Promise<void>;
  /** Resolves when everything spent is on disk, or cannot be. Never rejects. */
  flush(): Promise<void>;
}

interface Reservation {
  readonly atMs: number;
  readonly expectedMs: number;
}

const minuteMs = 60_000;
const secondsPerHour = 3600;
const maxFileBytes = 16_384;
/** More are not outstanding unless somebody forgets to settle; what is forgotten stays charged. */
const maxReservations = 64;

function isSpend(value: unknown): value is MinuteSpend {
  if (!Array.isArray(value) || value.length !== 2) return false;
  return value.every((part) => typeof part === 'number' && Number.isFinite(part) && part >= 0);
}

function parseSpends(text: string): MinuteSpend[] {
  const state: unknown = JSON.parse(text);
  const minutes =
    typeof state === 'object' && state !== null && 'minutes' in state ? state.minutes : undefined;
  if (!Array.isArray(minutes) || !minutes.every(isSpend)) throw new Error('the pause budget file is damaged');
  return minutes;
}

/** Keeps the budget in a sliding window of minutes ({@link createPauseWindow}) that survives restarts. */
export function createPauseBudget(settings: PauseBudgetSettings): PauseBudget {
  const { millisecondsPerHour, clock, file, onError } = settings;
  const window = createPauseWindow();
  const reservations: Reservation[] = [];
  // Minutes must mean the same after a restart, and a step of the wall clock must not refill the budget.
  const anchorMs = clock.wall() - clock.monotonic();
  let dirty = false;
  let writing: Promise<void> | undefined;

  const now = (): number => anchorMs + clock.monotonic();
  const remainingMs = (): number => Math.max(0, millisecondsPerHour - window.spentMs(now()));

  function canSpend(expectedMs: number): SpendResult {
    const needMs = Number.isFinite(expectedMs) ? Math.max(0, expectedMs) : Infinity;
    const remaining = remainingMs();
    if (remaining > 0 && needMs <= remaining) return { ok: true };
    const deficitMs = needMs + window.spentMs(now()) - millisecondsPerHour;
    const waitMs = window.waitMs(now(), Math.max(deficitMs, Number.MIN_VALUE));
    return {
      ok: false,
      retryAfterSeconds: Number.isFinite(waitMs) ? Math.max(1, Math.ceil(waitMs / 1000)) : secondsPerHour,
    };
  }

  async function drain(path: string): Promise<void> {
    await nextTurn();
    while (dirty) {
      dirty = false;
      try {
        await writeStateFile(path, `${JSON.stringify({ version: 1, minutes: window.entries(now()) })}\n`);
      } catch (error) {
        onError?.(error);
        dirty = true;
        break;
      }
    }
    writing = undefined;
  }

  function persist(): void {
    dirty = true;
    if (file !== undefined) writing ??= drain(file);
  }

  /** What was spent is unknown: start with nothing, and refill at the hourly rate. */
  function assumeSpent(cause: unknown): void {
    onError?.(cause);
    for (let ago = 0; ago < 60; ago++) window.add(now() - ago * minuteMs, millisecondsPerHour / 60);
  }

  return {
    remainingMs,
    canSpend,
    trySpend(expectedMs) {
      const result = canSpend(expectedMs);
      if (result.ok) {
        const reservation = { atMs: now(), expectedMs: Math.max(0, expectedMs) };
        window.add(reservation.atMs, reservation.expectedMs);
        if (reservations.length === maxReservations) reservations.shift();
        reservations.push(reservation);
        persist();
      }
      return result;
    },
    settle(actualMs) {
      const { atMs, expectedMs } = reservations.pop() ?? { atMs: now(), expectedMs: 0 };
      const spentMs = Number.isFinite(actualMs) ? Math.max(0, actualMs) : expectedMs;
      if (spentMs < expectedMs) window.refund(atMs, expectedMs - spentMs);
      else window.add(now(), spentMs - expectedMs);
      persist();
    },
    async load() {
      if (file === undefined) return;
      const read = await readStateFile(file, maxFileBytes);
      if (read.state === 'absent') return;
      if (read.state === 'unusable') {
        assumeSpent(read.cause);
        return;
      }
      try {
        // A spend from the future means that the clock was set back: then it counts from now.
        for (const [minute, spentMs] of parseSpends(read.text)) {
          window.add(Math.min(minute * minuteMs, now()), spentMs);
        }
      } catch (cause) {
        assumeSpent(cause);
      }
    },
    async flush() {
      if (file === undefined || !dirty) {
        await writing;
        return;
      }
      writing ??= drain(file);
      await writing;
    },
  };
}
