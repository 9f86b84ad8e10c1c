import type { Clock } from '../base/clock.js';
import { isRefusal } from '../base/errors.js';
import type { Failures } from '../base/failures.js';
import type { ResolvedOptions } from '../config/options.js';
import type { Collection } from '../measure/collect.js';
import type { GcTotals } from '../measure/gc-totals.js';
import type { GcEvent, Sample } from '../measure/reading.js';
import type { CostMeter } from '../cost/admission.js';
import type { LiveProfile } from '../profile/live-profile.js';
import type { FullReading } from '../profile/reading.js';
import type { IntervalChange, SamplingPace } from '../profile/sampling-pace.js';
import type { Retention, RetentionWindows, WindowRequest } from '../profile/windows/windows.js';
import type { Recorder } from '../requests/recorder.js';
import { createSuspectTracker, NO_SUSPECTS, type Suspects } from '../verdict/attribution/suspects.js';
import { windowsDuring } from '../verdict/attribution/window-evidence.js';
import { createDetector } from '../verdict/detector.js';
import { createProbeScheduler } from '../verdict/probes/probe-scheduler.js';
import { windowIsDue } from '../verdict/probes/window-due.js';
import { createVerdictLog } from '../verdict/verdict-log.js';
import { isRising, type Judgement } from '../verdict/verdict.js';
import type { Ledger } from './ledger.js';

/** Inputs of the judgement. */
export interface Evidence {
  readonly recorder: Recorder | undefined;
  readonly profile: LiveProfile | undefined;
  readonly windows: RetentionWindows | undefined;
  readonly pace: Pick<SamplingPace, 'due'> | undefined;
  readonly gcTotals: GcTotals;
  latest(): Sample;
  openConnections(): number;
  takeCollections(): readonly GcEvent[];
  collectNow(): Collection;
}

export interface JudgeSources {
  readonly clock: Clock;
  readonly failures: Failures;
  readonly evidence: Evidence;
  readonly ledger: Pick<Ledger, 'pay' | 'gcPauseMs' | 'countProbe'>;
}

export type Judge = ReturnType<typeof createJudge>;

/** Whether memory leaks, what is to blame, and the collections and readings that show it. */
export function createJudge(options: ResolvedOptions, sources: JudgeSources) {
  const { clock, failures, evidence, ledger } = sources;
  const { recorder, profile, windows, pace, gcTotals, latest } = evidence;
  const { enabled, fillHorizonSeconds } = options.verdict;
  const detector = enabled ? createDetector({ clock, fillHorizonSeconds }) : undefined;
  const scheduler = detector && createProbeScheduler(options.verdict, { clock, gcPauseMs: ledger.gcPauseMs });
  const results = (): readonly Retention[] => windows?.results ?? [];
  const tracker =
    recorder &&
    detector &&
    createSuspectTracker({ clock, profile, recorder, points: () => detector.points, windows: results });

  /** Passes on the collections since the last call. */
  const takeCollections = (): void => {
    const events = evidence.takeCollections();
    scheduler?.observe(events);
    detector?.observe(
      events.filter(({ startMs }) => windows?.heldMarksAt(startMs) !== true),
      recorder?.completed ?? 0,
      recorder?.columns.completed.subarray(0, recorder.routes.size),
    );
  };

  /** The automatic window that is open; it never rejects. */
  let automatic: Promise<boolean> | undefined;

  /** Work on demand waits for an automatic window, which ends within two seconds, instead of being refused. */
  async function makeWay(): Promise<void> {
    await automatic;
  }

  /** Pays for work that counts as a probe, on demand or not. */
  const pay: Ledger['pay'] = async (name, collections, run) => {
    await makeWay();
    const paid = await ledger.pay(name, collections, run);
    scheduler?.paid(paid.costMs);
    takeCollections();
    return paid;
  };

  const verdicts = createVerdictLog();
  const judgement = (): Judgement | undefined => detector?.judgement(scheduler?.nextProbeSeconds(latest()));
  const suspects = (): Suspects => tracker?.suspects(judgement()) ?? NO_SUSPECTS;

  async function collect(runs: number): Promise<readonly Collection[]> {
    const { value } = await pay('GC', runs, () => Array.from({ length: runs }, () => evidence.collectNow()));
    return value;
  }

  async function readProfile(): Promise<FullReading> {
    const { value } = await pay('profile reading', 1, async (meter) => {
      const taken = await profile!.read();
      // Source maps are read without blocking the thread.
      meter.blocked(taken.costMs);
      return taken;
    });
    return value;
  }

  /** Does not use the credit of probes, which verdicts need: windows have their own. */
  async function follow(request: WindowRequest): Promise<Retention> {
    const run = async (meter: CostMeter): Promise<Retention> => {
      const beganMs = clock.monotonic();
      try {
        const found = await windows!.run(request);
        // Requests are served while they are followed.
        meter.blocked(found.pauseMs);
        return found;
      } catch (error) {
        // A window that was ended or refused took at most its first reading.
        meter.blocked(Math.min(clock.monotonic() - beganMs, ledger.gcPauseMs()));
        throw error;
      }
    };
    const { value } = await ledger.pay('retention window', 2, run, false);
    takeCollections();
    return value;
  }

  /** Runs one retention window, paid from the pause budget. */
  async function retention(request: WindowRequest = {}): Promise<Retention> {
    await makeWay();
    return follow(request);
  }

  /** Whether current growth needs another window to find its cause. */
  function isWindowDue(): boolean {
    const now = judgement();
    if (windows === undefined || windows.refusal() !== undefined || !windows.affordable()) return false;
    if (now === undefined || !isRising(now)) return false;
    return windowIsDue(windowsDuring(now, windows.results, clock), clock.monotonic());
  }

  /** Whether a window was opened. Refusal by a budget is not an error: a later tick tries again. */
  async function followAutomatically(): Promise<boolean> {
    try {
      await follow({});
      return true;
    } catch (error) {
      if (!isRefusal(error)) failures.report('retentionWindow', error);
      return false;
    }
  }

  async function openAutomatically(): Promise<boolean> {
    automatic = followAutomatically().finally(() => (automatic = undefined));
    return automatic;
  }

  /** Asking V8 whether another profiler still samples runs a collection, which replaces the one of this probe. */
  async function collectOrResume(live: LiveProfile): Promise<void> {
    await pay('GC', 1, () => {
      if (live.retry() !== 'held') evidence.collectNow();
    });
  }

  /** Takes a reading first. If the budget refuses it, the interval still grows, to bound the cost of sampling. */
  async function changeInterval(live: LiveProfile, change: IntervalChange): Promise<void> {
    try {
      await readProfile();
    } catch (error) {
      if (!isRefusal(error)) failures.report('profile', error);
      if (change.toBytes < change.fromBytes) return;
    }
    failures.guarded('profile', () => live.resample(change));
  }

  async function probe(): Promise<void> {
    if (profile?.running === true) await readProfile();
    else if (profile === undefined) await collect(1);
    else await collectOrResume(profile);
    ledger.countProbe();
    scheduler?.probed(detector?.points.at(-1));
  }

  return {
    /** Undefined, like `judgement()`, if verdicts are off. */
    detector,
    verdicts,
    judgement,
    suspects,
    /** Full collections, paid from the pause budget; their floors count in the next verdict. */
    collect,
    /** One reading of the live-allocation profile, paid from the pause budget; also a floor. */
    readProfile,
    /** One exact floor, by any means that this process has. */
    probe,
    /** Takes in a tick's sample, which is undefined if taking it failed. */
    look(sample: Sample | undefined): void {
      failures.guarded('detector', () => {
        if (sample === undefined) return;
        detector?.look({
          inFlight: recorder?.inFlight ?? 0,
          completedRequests: recorder?.completed ?? 0,
          connections: evidence.openConnections(),
          sample,
          gc: gcTotals.read(),
        });
      });
      failures.guarded('gcWindows', takeCollections);
    },
    /** Logs the current verdict, if it is time. */
    followVerdict: (): void =>
      failures.guarded('verdictLog', () => verdicts.follow({ judgement, suspects }, clock)),
    retention,
    makeWay,
    /** Does what takes longer than a tick, if due: changes the interval, opens a retention window, or probes. */
    async investigate(): Promise<void> {
      const change = profile?.running === true ? pace?.due : undefined;
      const isUrgent = change !== undefined && change.toBytes > change.fromBytes;
      if (isUrgent) {
        await changeInterval(profile!, change);
      } else if (isWindowDue() && (await openAutomatically())) {
        // Its readings were floors as well.
      } else if (scheduler?.isDue(latest()) === true) {
        // A probe that cannot be afforded now is not an error: a later tick tries again.
        await probe().catch((error: unknown) =>
          scheduler.refused(error, (fault) => failures.report('probe', fault)),
        );
      } else if (change !== undefined) {
        await changeInterval(profile!, change);
      }
    },
  };
}
