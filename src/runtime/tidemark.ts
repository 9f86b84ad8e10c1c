import type { Core } from './core.js';
import { featureOff, TidemarkError } from '../base/errors.js';
import { parseHistoryRequest, type HistoryRequest } from '../history/history-request.js';
import { buildOperation, buildOperations, buildPending, type Pending } from '../answers/operations/build.js';
import type { OperationAnswer, OperationsAnswer } from '../answers/operations/schema.js';
import { createRetentionMeasurements, type RetentionQuery } from './retention.js';
import { createSnapshotAnswers, snapshotFacts, type SnapshotAnswers } from './snapshot-answers.js';
import type { SnapshotService } from '../snapshot/service/service.js';
import type { AnyClass } from '../instances/counting-class.js';
import type { ExactInstances } from '../instances/exact-counting.js';
import type { TrackClassOptions } from '../instances/instances.js';
import type { Metrics } from '../metrics/registry.js';
import { encodeReading, type EncodedProfile, type ProfileFormat } from '../profile/encode.js';
import type { LiveProfile } from '../profile/live-profile.js';
import type { FullReading } from '../profile/reading.js';
import {
  createProfileSessions,
  type ProfiledOperation,
  type ProfileSessionHandle,
  type ProfileSessionOptions,
} from '../profile/sessions/sessions.js';
import { buildGc } from '../answers/gc/build.js';
import type { GcAnswer } from '../answers/gc/schema.js';
import { buildHealth } from '../answers/health/build.js';
import type { HealthAnswer } from '../answers/health/schema.js';
import { buildHistory } from '../answers/history/build.js';
import type { HistoryAnswer } from '../answers/history/schema.js';
import { buildOptimize } from '../answers/optimize/build.js';
import type { OptimizeAnswer } from '../answers/optimize/schema.js';
import { buildProfile } from '../answers/profile/build.js';
import type { ProfileAnswer } from '../answers/profile/schema.js';
import { buildSession, buildSessionComparison, buildSessions } from '../answers/sessions/build.js';
import type { SessionAnswer, SessionComparisonAnswer, SessionsAnswer } from '../answers/sessions/schema.js';
import { buildRetention } from '../answers/retention/build.js';
import type { RetentionAnswer, RetentionFindings } from '../answers/retention/schema.js';
import { buildReport } from '../answers/report/build.js';
import type { ReportAnswer } from '../answers/report/schema.js';
import { buildRoutes, type RoutesQuery } from '../answers/routes/build.js';
import type { RoutesAnswer } from '../answers/routes/schema.js';
import { buildStats } from '../answers/stats/build.js';
import type { StatsAnswer } from '../answers/stats/schema.js';
import { buildVerdict } from '../answers/verdict/build.js';
import type { VerdictAnswer } from '../answers/verdict/schema.js';
import { wait } from '../base/wait.js';

export interface ProfileQuery {
  /** Answer only what was allocated during this many seconds and stayed. */
  readonly seconds?: number;
  /** Ends the wait if the client disconnects. */
  readonly signal?: AbortSignal;
}

export interface VerdictQuery {
  /** Pay one full collection first, so that the newest floor is exact. */
  readonly gc?: boolean;
  /** Follow requests in a retention window first, for two seconds or less, to see which requests leave memory behind. */
  readonly window?: boolean;
  /** Ends the window if the client disconnects. */
  readonly signal?: AbortSignal;
}

/** Work that takes longer than a request: snapshots, their analyses, and retention windows. */
export interface OperationAnswers {
  /** Newest first. */
  list(): OperationsAnswer;
  /** @throws TidemarkError TIDEMARK_ERR_OPERATION_UNKNOWN */
  get(id: string): OperationAnswer;
  /** Stops one that runs, forgets one that has ended. @throws TidemarkError TIDEMARK_ERR_OPERATION_UNKNOWN */
  cancel(id: string): OperationAnswer;
}

/** The API of `app.tidemark`. Each method returns the answer that its endpoint sends. */
export interface Tidemark {
  stats(): StatsAnswer;
  health(): HealthAnswer;
  /** @throws TidemarkError TIDEMARK_ERR_FEATURE_OFF */
  routes(query?: RoutesQuery): RoutesAnswer;
  /** @throws TidemarkError TIDEMARK_ERR_FEATURE_OFF, TIDEMARK_ERR_INPUT_INVALID */
  history(query?: HistoryRequest): HistoryAnswer;
  /** @throws TidemarkError TIDEMARK_ERR_FEATURE_OFF; with `gc` or `window`, also the refusal of what they cost */
  verdict(query?: VerdictQuery): Promise<VerdictAnswer>;
  /**
   * Measures what the requests of each route leave behind: follows them in one retention window, or in consecutive ones for
   * `seconds` (0.1 to 60). Each window pauses the server for two full collections and keeps promise hooks on while it is
   * open; both are charged to budgets.
   *
   * @throws TidemarkError TIDEMARK_ERR_FEATURE_OFF, TIDEMARK_ERR_INPUT_INVALID, TIDEMARK_ERR_PROFILE_UNAVAILABLE, and the
   *   refusal of its cost
   */
  retention(query?: RetentionQuery): Promise<RetentionAnswer>;
  /** Starts the same and resolves once requests are followed; {@link Tidemark.newestRetention} returns the result. */
  startRetention(query?: Pick<RetentionQuery, 'seconds'>): Promise<OperationAnswer>;
  /**
   * The result of the newest retention windows, opened on demand or because memory rose.
   *
   * @throws TidemarkError TIDEMARK_ERR_FEATURE_OFF
   */
  newestRetention(): RetentionAnswer;
  /**
   * The verdict with what holds the growth, or the operation that takes two snapshots to find out.
   *
   * @throws TidemarkError TIDEMARK_ERR_FEATURE_OFF, and the refusal of a snapshot
   */
  deepVerdict(): Promise<Pending<VerdictAnswer>>;
  /** Runs full collections in a row, paid from the pause budget, and reports what they freed. */
  collectGarbage(runs?: number): Promise<GcAnswer>;
  /** The full report, for an incident ticket; measures nothing. */
  report(): ReportAnswer;
  /** Suggested changes, most severe first; measures nothing. */
  optimize(): OptimizeAnswer;
  /** Live memory by the lines that allocated it; reads the profile, which is paid from the pause budget. */
  liveProfile(query?: ProfileQuery): Promise<ProfileAnswer>;
  /** The same as a file for another tool. */
  profileFile(format: ProfileFormat, query?: ProfileQuery): Promise<EncodedProfile>;
  /**
   * Runs `fn` between two readings of the process and stores what was allocated and kept meanwhile. Each reading is a
   * full garbage collection, paid from the pause budget. What cannot be measured is in `session.limitations` and does
   * not affect the value; an error of `fn` is rethrown after the session was stored as failed.
   *
   * @throws TidemarkError TIDEMARK_ERR_INPUT_INVALID if `fn` is not a function; with `required`, the refusal of a
   *   reading
   */
  profile<T>(
    fn: () => T | PromiseLike<T>,
    options?: ProfileSessionOptions,
  ): Promise<ProfiledOperation<Awaited<T>>>;
  /** The same for work that is not one function: the session runs until its handle is stopped. */
  startProfileSession(options?: ProfileSessionOptions): Promise<ProfileSessionHandle>;
  /** Stored sessions, newest first, without their sites. */
  profileSessions(): SessionsAnswer;
  /** @throws TidemarkError TIDEMARK_ERR_PROFILE_SESSION_UNKNOWN */
  profileSession(id: string): SessionAnswer;
  /**
   * Compares session `id2` with `id1`: growth by site, new sites and gone ones.
   *
   * @throws TidemarkError TIDEMARK_ERR_PROFILE_SESSION_UNKNOWN
   */
  compareProfileSessions(id1: string, id2: string): SessionComparisonAnswer;
  /**
   * Counts the instances of a class without keeping any alive, and reports the number alive in answers and metrics.
   * Construct with the returned class: other instances are seen only by {@link Tidemark.countInstances}. At most 64
   * classes; the same class twice returns the same one.
   * @throws TidemarkError `TIDEMARK_ERR_INSTANCES_INVALID`, `TIDEMARK_ERR_INSTANCES_LIMIT`
   */
  trackClass<C extends AnyClass>(ctor: C, options?: TrackClassOptions): C;
  /**
   * Exact counts of all tracked classes by walks through the heap, each a pause of 10 to 20 full collections, paid
   * from the pause budget. Rejects like other expensive operations if one cannot be afforded now.
   */
  countInstances(): Promise<readonly ExactInstances[]>;
  /** The body of `/metrics`: Prometheus text, or OpenMetrics if `accept` prefers it. */
  metrics(accept?: string): Promise<string>;
  readonly snapshots: SnapshotAnswers;
  readonly operations: OperationAnswers;
}

export interface TidemarkParts {
  readonly core: Core;
  /** Absent if metrics are off. */
  readonly metrics: Metrics | undefined;
  /** Absent if snapshots are off. */
  readonly snapshots: SnapshotService | undefined;
}

export function createTidemark({ core, metrics, snapshots }: TidemarkParts): Tidemark {
  const history = (): NonNullable<Core['history']> => core.history ?? off('history.enabled');
  const profile = (): LiveProfile => core.profile ?? off('profile.enabled');
  const judged = (): VerdictAnswer | undefined => {
    const judgement = core.judgement();
    return judgement && buildVerdict(core, judgement, snapshots?.deep.holders, measurements.recent());
  };
  const verdict = (): VerdictAnswer => judged() ?? off('verdict.enabled');
  const measurements = createRetentionMeasurements(core);
  const retentionAnswer = (findings: RetentionFindings): RetentionAnswer => buildRetention(core, findings);
  const sessions = createProfileSessions(core, core.options.profile);
  return {
    snapshots: createSnapshotAnswers(snapshots),
    stats: () => buildStats(core, snapshots && snapshotFacts(snapshots)),
    health: () => buildHealth(core),
    routes: (query) => buildRoutes(core, core.recorder ?? off('requests.enabled'), query),
    history(query = {}) {
      const { series, query: read } = history();
      return buildHistory(core, read(parseHistoryRequest(query, series, core.clock.wall())));
    },
    trackClass: (ctor, options) => core.instances.track(ctor, options),
    countInstances: () => core.instances.countAll(),
    report: () => buildReport(core, judged()),
    optimize: () => buildOptimize(core, judged()),
    metrics: async (accept) => (metrics ?? off('metrics.enabled')).render(accept),
    async verdict({ gc = false, window = false, signal } = {}) {
      if (core.detector === undefined) off('verdict.enabled');
      if (window) await measurements.measure({ ...(signal && { signal }) });
      if (gc) await core.probe();
      return verdict();
    },
    retention: async (query) => retentionAnswer(await measurements.measure(query)),
    startRetention: async (query) => buildOperation(await measurements.start(query)),
    newestRetention: () => retentionAnswer(measurements.newest()),
    operations: {
      list: () => buildOperations(core.operations.list()),
      get: (id) => buildOperation(core.operations.get(id)),
      cancel: (id) => buildOperation(core.operations.cancel(id)),
    },
    async deepVerdict() {
      if (core.detector === undefined) off('verdict.enabled');
      return buildPending(await (snapshots ?? off('snapshots.enabled')).deep.look(), verdict);
    },
    async collectGarbage(runs = 1) {
      const before = core.judgement();
      return buildGc(core, await core.collect(runs), before);
    },
    profile: async (fn, options) => sessions.profile(fn, options),
    startProfileSession: async (options) => sessions.start(options),
    profileSessions: () => buildSessions(core, sessions),
    profileSession: (id) => buildSession(core, sessions.get(id)),
    compareProfileSessions: (id1, id2) => buildSessionComparison(core, sessions.compare(id1, id2)),
    async liveProfile(query) {
      const live = profile();
      const { since, reading } = await readings(core, query);
      const growth = live.growthSince(since);
      return buildProfile(core, live, { reading, ...(since && { since }), growth: growth! });
    },
    async profileFile(format, query) {
      const live = profile();
      const { since, reading } = await readings(core, query);
      return encodeReading(format, { reading, ...(since && { since }) }, live);
    },
  };
}

async function readings(
  core: Core,
  { seconds, signal }: ProfileQuery = {},
): Promise<{ since?: FullReading; reading: FullReading }> {
  if (seconds === undefined) return { reading: await core.readProfile() };
  const since = await core.readProfile();
  await wait(seconds, signal === undefined ? [core.stopping] : [core.stopping, signal]).catch(
    (cause: unknown) => {
      const reason = 'the server is closing, or the client has left';
      throw new TidemarkError('TIDEMARK_ERR_PROFILE_UNAVAILABLE', { reason, cause });
    },
  );
  return { since, reading: await core.readProfile() };
}

function off(option: string): never {
  throw featureOff(option);
}
