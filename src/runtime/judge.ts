import type { Clock } from '../base/clock.js';
import type { Failures } from '../base/failures.js';
import type { ResolvedOptions } from '../config/options.js';
import type { Collection } from '../measure/collect.js';
import type { GcTotals } from '../measure/gc-totals.js';
import type { GcEvent, Sample } from '../measure/reading.js';
import { createCallLearner } from '../profile/call-learner.js';
import type { FullReading, LiveProfile } from '../profile/live-profile.js';
import type { Recorder } from '../requests/recorder.js';
import { createSuspectTracker, NO_SUSPECTS, type Suspects } from '../verdict/attribution/suspects.js';
import { createDetector } from '../verdict/detector.js';
import { createProbeScheduler } from '../verdict/probes/probe-scheduler.js';
import { createVerdictLog } from '../verdict/verdict-log.js';
import type { Judgement } from '../verdict/verdict.js';
import type { Ledger } from './ledger.js';

/** Inputs of the judgement. */
export interface Evidence {
  readonly recorder: Recorder | undefined;
  readonly profile: LiveProfile | undefined;
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
  /** Aborted when the server is about to close. */
  readonly stopping: AbortSignal;
}

export type Judge = ReturnType<typeof createJudge>;

/** Whether memory leaks, what is to blame, and the collections and readings that show it. */
export function createJudge(options: ResolvedOptions, sources: JudgeSources) {
  const { clock, failures, evidence, ledger, stopping } = sources;
  const { recorder, profile, gcTotals, latest } = evidence;
  const { enabled, fillHorizonSeconds } = options.verdict;
  const detector = enabled ? createDetector({ clock, fillHorizonSeconds }) : undefined;
  const scheduler = detector && createProbeScheduler(options.verdict, { clock, gcPauseMs: ledger.gcPauseMs });
  const tracker =
    recorder && detector && createSuspectTracker({ clock, profile, recorder, points: () => detector.points });
  const learner =
    profile && recorder && createCallLearner(profile, clock, options.profile.samplingIntervalBytes);

  /** Passes on the collections since the last call. */
  const takeCollections = (): void => {
    const events = evidence.takeCollections();
    scheduler?.observe(events);
    detector?.observe(
      events,
      recorder?.completed ?? 0,
      recorder?.columns.completed.subarray(0, recorder.routes.size),
    );
  };

  const pay: Ledger['pay'] = async (name, collections, run) => {
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
      // Reading source maps meanwhile blocks nobody.
      meter.blocked(taken.costMs);
      return taken;
    });
    tracker?.note(value);
    return value;
  }

  async function probe(): Promise<void> {
    if (profile?.running === true) await readProfile();
    else await collect(1);
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
    /** Does what takes longer than a tick, if it is due: learning who calls whom, or a probe. */
    async investigate(): Promise<void> {
      const activity = {
        completedRequests: recorder?.completed ?? 0,
        allocatedBytes: gcTotals.read().allocatedBytes,
        unlinkedShare: tracker?.unlinkedShare ?? 0,
      };
      if (learner?.isDue(activity) === true) {
        await learner.learn(activity).catch((error: unknown) => {
          if (!stopping.aborted) failures.report('callLearning', error);
        });
      } else if (scheduler?.isDue(latest()) === true) {
        // A probe that cannot be afforded now is not an error: a later tick tries again.
        await probe().catch((error: unknown) =>
          scheduler.refused(error, (fault) => failures.report('probe', fault)),
        );
      }
    },
  };
}
