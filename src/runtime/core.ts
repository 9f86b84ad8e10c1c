import type { ResolvedOptions } from '../config/options.js';
import type { CoreDependencies } from './dependencies.js';
import { createFailures } from '../base/failures.js';
import { createBudget, createDeep, createProfile, createRequestRecorder } from './parts.js';
import { createAdmission, type Admission, type CostMeter } from '../cost/admission.js';
import type { PauseBudget } from '../cost/pause-budget.js';
import { processSlot } from '../cost/slot.js';
import type { History } from '../history/history.js';
import { createSampleHistory, type SampleHistory } from '../history/sample-history.js';
import { systemClock, type Clock } from '../base/clock.js';
import { createCollector, type Collection } from '../measure/collect.js';
import { createInstances, type Instances } from '../instances/instances.js';
import { createGcTotals, type GcTotals } from '../measure/gc-totals.js';
import { createGcWindows } from '../measure/gc-windows.js';
import { createInboundConnections } from '../measure/inbound-connections.js';
import type { Sample } from '../measure/reading.js';
import { createSampler, createSystemProbes } from '../measure/sampler.js';
import type { FullReading, LiveProfile } from '../profile/live-profile.js';
import { createCallLearner } from '../profile/call-learner.js';
import { functionKeys } from '../profile/function-keys.js';
import { createHandlerSeeds, type HandlerSeeds } from '../profile/handler-seeds.js';
import { createRouteLinks } from '../profile/route-links.js';
import { readDeep } from '../requests/deep-samples.js';
import type { DeepSampler } from '../requests/deep-samples.js';
import type { Recorder } from '../requests/recorder.js';
import { createDetector, type Detector } from '../verdict/detector.js';
import { createProbeScheduler, type ProbeScheduler } from '../verdict/probes/probe-scheduler.js';
import { createVerdictLog, type VerdictLog } from '../verdict/verdict-log.js';
import { createSuspectTracker, type Suspects, type SuspectTracker } from '../verdict/attribution/suspects.js';
import type { Judgement } from '../verdict/verdict.js';

/** What the expensive operations are expected to cost in this process now, milliseconds of pause. */
export interface ExpectedCosts {
  readonly gcPauseMs: number;
  readonly profileReadMs: number;
}

export interface CoreCost {
  /** Time spent in ticks of the sampler, pauses excluded. */
  readonly samplingSeconds: number;
  /** Time for which the serving thread stood still for diagnostics. */
  readonly pauseSeconds: number;
  readonly probeGcs: number;
  /** Bytes of the columns and rings, which are fixed once all routes are known. */
  readonly selfBytes: number;
}

/** Everything that measures and judges, without a framework and without HTTP. */
export interface Core {
  readonly options: ResolvedOptions;
  readonly clock: Clock;
  readonly recorder: Recorder | undefined;
  readonly deep: DeepSampler | undefined;
  readonly history: History | undefined;
  readonly profile: LiveProfile | undefined;
  /** Takes the handlers of routes, so that resumed ones are known; absent without a profile. */
  readonly handlers: HandlerSeeds | undefined;
  readonly detector: Detector | undefined;
  readonly verdicts: VerdictLog;
  /** The classes of the application that are counted. */
  readonly instances: Instances;
  readonly gcTotals: GcTotals;
  readonly budget: PauseBudget;
  readonly admission: Admission;
  /** The newest sample; reading it measures nothing. */
  latest(): Sample;
  /** Absent when verdicts are switched off. */
  judgement(): Judgement | undefined;
  suspects(): Suspects;
  expectedCosts(): ExpectedCosts;
  cost(): CoreCost;
  /** Failures by part since the start. */
  failures(): Readonly<Record<string, number>>;
  /** Counts a pause that something else was charged for. */
  charge(costMs: number): void;
  /** Full collections, paid from the pause budget; their floors are part of the next verdict. */
  collect(runs: number): Promise<readonly Collection[]>;
  /** One reading of the live-allocation profile, paid from the pause budget; also a floor. */
  readProfile(): Promise<FullReading>;
  /** One exact floor, by whatever means this process has. */
  probe(): Promise<void>;
  /** Takes a sample and, when suspicion calls for it, a probe. The plugin calls it once an interval. */
  tick(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Tells whatever waits that the server is about to close. Measuring goes on until {@link Core.stop}. */
  endWaits(): void;
  /** Aborted by {@link Core.endWaits}. */
  readonly stopping: AbortSignal;
}

export function createCore(options: ResolvedOptions, dependencies: CoreDependencies): Core {
  const { log, clock = systemClock } = dependencies;
  const { warn, report, guarded, counts: failures } = createFailures(log);
  const probes = dependencies.probes ?? createSystemProbes(options, clock);
  const sampler = createSampler({ probes, clock, report: warn });
  const gcWindows = dependencies.gcWindows ?? createGcWindows({ clock });
  const gcTotals = createGcTotals();
  const connections = createInboundConnections();
  const collector = dependencies.collector ?? createCollector({ clock });
  const recorder = options.requests.enabled ? createRequestRecorder(options, clock) : undefined;
  const deep =
    recorder && createDeep(options, clock, () => guarded('deepReading', dependencies.readDeep ?? readDeep));
  const history: SampleHistory | undefined = options.history.enabled
    ? createSampleHistory(options.history.intervalSeconds)
    : undefined;
  const links = createRouteLinks({ maxFunctions: 4096 });
  const profile = options.profile.enabled ? createProfile(options, clock, links) : undefined;
  const handlers = profile && recorder ? createHandlerSeeds({ links, locate: functionKeys }) : undefined;
  const learner =
    profile && recorder
      ? createCallLearner(profile, clock, options.profile.samplingIntervalBytes)
      : undefined;
  const detector = options.verdict.enabled
    ? createDetector({ clock, fillHorizonSeconds: options.verdict.fillHorizonSeconds })
    : undefined;
  const scheduler: ProbeScheduler | undefined = detector && createProbeScheduler(options.verdict, clock);
  const suspectTracker: SuspectTracker | undefined =
    recorder && detector && createSuspectTracker({ clock, profile, recorder, points: () => detector.points });

  let sample: Sample = sampler.sample();
  const budget = createBudget(options, clock, (error) => report('pauseBudget', error));
  const admission = createAdmission({
    clock,
    budget,
    slot: processSlot(clock),
    utilization: () => sample.eventLoop?.utilization,
    maxEventLoopUtilization: options.cost.maxEventLoopUtilization,
  });

  const stopping = new AbortController();
  let unsubscribe: (() => void) | undefined;
  let samplingSeconds = 0;
  let pauseSeconds = 0;
  let probeGcs = 0;
  let busy = false;

  /** Puts the collections since the last call where they belong. */
  const takeCollections = (): void => {
    const events = gcWindows.drain();
    gcTotals.add(events);
    scheduler?.observe(events);
    detector?.observe(
      events,
      recorder?.completed ?? 0,
      recorder?.columns.completed.subarray(0, recorder.routes.size),
    );
  };

  const charge = (costMs: number): void => void (pauseSeconds += costMs / 1000);

  /** Runs what stops the thread for some full collections, and charges it. */
  const paid = async <T>(
    name: string,
    collections: number,
    run: (meter: CostMeter) => T | Promise<T>,
  ): Promise<T> => {
    const { value, costMs } = await admission.run({ name, expectedMs: expectedPauseMs() * collections }, run);
    charge(costMs);
    scheduler?.paid(costMs, collections);
    takeCollections();
    return value;
  };

  const expectedPauseMs = (): number => scheduler?.expectedPauseMs(sample) ?? 50;

  const instances = createInstances({
    clock,
    admission,
    gcPauseMs: expectedPauseMs,
    // Not the scheduler's: a count tells nothing of the next probe.
    paid: charge,
  });

  /** What takes longer than a tick, one at a time. */
  const work = async (): Promise<void> => {
    const activity = {
      completedRequests: recorder?.completed ?? 0,
      allocatedBytes: gcTotals.read().allocatedBytes,
      unlinkedShare: suspectTracker?.unlinkedShare ?? 0,
    };
    if (learner?.isDue(activity) === true) {
      await learner.learn(activity).catch((error: unknown) => {
        if (!stopping.signal.aborted) report('callLearning', error);
      });
    } else if (scheduler?.isDue(sample) === true) {
      // A probe that cannot be afforded now is not an error: a later tick asks again.
      await core
        .probe()
        .catch((error: unknown) => scheduler.refused(error, (fault) => report('probe', fault)));
    }
  };

  const core: Core = {
    options,
    clock,
    recorder,
    deep,
    history: history?.history,
    profile,
    handlers,
    detector,
    verdicts: createVerdictLog(),
    instances,
    gcTotals,
    budget,
    admission,
    stopping: stopping.signal,
    charge,
    endWaits: () => stopping.abort(),
    latest: () => sample,
    judgement: () => detector?.judgement(scheduler?.nextProbeSeconds(sample)),
    suspects: () => suspectTracker?.suspects(core.judgement()) ?? { routes: [], sites: [] },
    expectedCosts: () => ({
      gcPauseMs: expectedPauseMs(),
      profileReadMs: profile?.latest()?.costMs ?? expectedPauseMs(),
    }),
    cost: () => ({
      samplingSeconds,
      pauseSeconds,
      probeGcs,
      selfBytes: (recorder?.bytes ?? 0) + (history?.history.bytes ?? 0),
    }),
    failures: () => ({ ...sampler.failures(), ...failures() }),
    collect: (runs) => paid('GC', runs, () => Array.from({ length: runs }, () => collector.collect())),
    async readProfile() {
      const reading = await paid('profile reading', 1, async (meter) => {
        const taken = await profile!.read();
        // Source maps are read meanwhile, which stops nobody.
        meter.blocked(taken.costMs);
        return taken;
      });
      suspectTracker?.note(reading);
      return reading;
    },
    async probe() {
      if (profile?.running === true) await core.readProfile();
      else await core.collect(1);
      probeGcs += 1;
      scheduler?.probed(detector?.points.at(-1));
    },
    async tick() {
      const startedMs = clock.monotonic();
      sample = sampler.sample();
      detector?.look({
        inFlight: recorder?.inFlight ?? 0,
        completedRequests: recorder?.completed ?? 0,
        connections: connections.open,
        sample,
        gc: gcTotals.read(),
      });
      takeCollections();
      recorder?.settle();
      instances.observe(gcTotals.read().kinds.major.count);
      guarded('handlerLocations', () => handlers?.work());
      history?.record({ sample, gc: gcTotals.read(), recorder, floor: detector?.points.at(-1) });
      guarded('verdictLog', () => core.verdicts.follow(core, clock));
      samplingSeconds += (clock.monotonic() - startedMs) / 1000;
      if (busy) return;
      busy = true;
      await work();
      busy = false;
    },
    async start() {
      await budget.load();
      sampler.start();
      gcWindows.start();
      if (detector !== undefined) connections.start();
      if (recorder !== undefined)
        unsubscribe = gcWindows.onGc((startMs, endMs) => recorder.markGc(startMs, endMs));
      guarded('profile', () => profile?.start());
    },
    async stop() {
      stopping.abort();
      unsubscribe?.();
      profile?.stop();
      instances.stop();
      gcWindows.stop();
      connections.stop();
      sampler.stop();
      await budget.flush();
    },
  };
  return core;
}
