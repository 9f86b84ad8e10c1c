import type { Core } from './core.js';
import { TidemarkError } from '../base/errors.js';
import { toCsv } from '../history/csv.js';
import { parseHistoryRequest, type HistoryRequest } from '../history/history-request.js';
import { createSnapshotAnswers, type Pending, type SnapshotAnswers } from '../answers/snapshots/pending.js';
import type { HolderSuspect } from '../snapshot/service/deep-look.js';
import type { SnapshotService } from '../snapshot/service/service.js';
import type { AnyClass } from '../instances/counting-class.js';
import type { ExactInstances } from '../instances/exact-counting.js';
import type { TrackClassOptions } from '../instances/instances.js';
import type { Metrics } from '../metrics/registry.js';
import { encodeReading, type EncodedProfile, type ProfileFormat } from '../profile/encode.js';
import type { FullReading, LiveProfile } from '../profile/live-profile.js';
import type { SessionComparison } from '../profile/sessions/compare.js';
import type { ProfileSession } from '../profile/sessions/session.js';
import {
  createProfileSessions,
  type ProfiledOperation,
  type ProfileSessionHandle,
  type ProfileSessionOptions,
} from '../profile/sessions/sessions.js';
import type { CurlTarget } from '../answers/curl-step.js';
import type { HtmlPage } from '../answers/render/html.js';
import type { VerdictAnswer } from '../answers/verdict/answer.js';
import { gcView } from '../answers/gc/build.js';
import { healthView, type HealthStatus } from '../answers/health/build.js';
import { historyView } from '../answers/history/build.js';
import { optimizeView } from '../answers/optimize/build.js';
import { profileView } from '../answers/profile/build.js';
import { sessionComparisonView, sessionsView, sessionView } from '../answers/sessions/build.js';
import { reportMarkdown, reportPage, reportView } from '../answers/report/build.js';
import { routesView, type RouteSort } from '../answers/routes/build.js';
import { statsView } from '../answers/stats/build.js';
import { verdictView } from '../answers/verdict/build.js';
import { wait } from '../base/wait.js';

export type Answer = Record<string, unknown>;

export interface ProfileQuery {
  /** Answer only what was allocated during so many seconds and stayed. */
  readonly seconds?: number;
  /** Ends the wait when the client goes away. */
  readonly signal?: AbortSignal;
}

/** What `app.tidemark` is: every answer of the HTTP API, for callers inside the application too. */
export interface Tidemark {
  readonly core: Core;
  stats(target: CurlTarget): Answer;
  health(target: CurlTarget): Answer & { status: HealthStatus };
  routes(target: CurlTarget, sort: RouteSort, limit: number): Answer;
  history(request: HistoryRequest, target: CurlTarget): Answer;
  historyCsv(request: HistoryRequest): string;
  /** With `gc`, one probe is paid first, so that the newest floor is exact. */
  leakDetection(target: CurlTarget, query: { readonly gc: boolean }): Promise<VerdictAnswer>;
  /** The same with who holds what grew, or the operation that takes two snapshots to find out. */
  deepLeakDetection(target: CurlTarget): Promise<Pending>;
  collectGarbage(runs: number, target: CurlTarget): Promise<Answer>;
  /** The answer of `GET /memory/profile`. */
  liveProfile(query: ProfileQuery, target: CurlTarget): Promise<Answer>;
  profileFile(format: ProfileFormat, query: ProfileQuery): Promise<EncodedProfile>;
  /**
   * Runs `fn` between two readings of the process and stores what was allocated and kept meanwhile. Each reading is a
   * full garbage collection, paid from the pause budget. What cannot be measured is in `session.limitations` and changes
   * nothing about the value; what `fn` throws is thrown again, after the session was stored as failed.
   *
   * @throws TidemarkError TIDEMARK_ERR_INPUT_INVALID when `fn` is no function; with `required`, what refused a reading
   */
  profile<T>(
    fn: () => T | PromiseLike<T>,
    options?: ProfileSessionOptions,
  ): Promise<ProfiledOperation<Awaited<T>>>;
  /** The same for what is not one function: the session goes on until its handle is stopped. */
  startProfileSession(options?: ProfileSessionOptions): Promise<ProfileSessionHandle>;
  /** Stored sessions, newest first. */
  profileSessions(): readonly ProfileSession[];
  /** @throws TidemarkError TIDEMARK_ERR_PROFILE_SESSION_UNKNOWN */
  profileSession(id: string): ProfileSession;
  /**
   * The session `id2` against `id1`: growth by site, what is new and what is gone.
   *
   * @throws TidemarkError TIDEMARK_ERR_PROFILE_SESSION_UNKNOWN
   */
  compareProfileSessions(id1: string, id2: string): SessionComparison;
  /** The answers of `GET /memory/profile/sessions` and what is below it. */
  sessionsAnswer(target: CurlTarget): Answer;
  sessionAnswer(id: string, target: CurlTarget): Answer;
  sessionComparisonAnswer(id1: string, id2: string, target: CurlTarget): Answer;
  /**
   * Counts the instances of a class without keeping any alive, and says in answers and metrics how many live. Construct
   * with the class it returns: what is constructed elsewhere is seen by {@link Tidemark.countInstances} only. At most 64
   * classes; the same class twice gives the same.
   * @throws TidemarkError `TIDEMARK_ERR_INSTANCES_INVALID`, `TIDEMARK_ERR_INSTANCES_LIMIT`
   */
  trackClass<C extends AnyClass>(ctor: C, options?: TrackClassOptions): C;
  /**
   * Exact counts of all tracked classes by walks through the heap, each a pause of 10 to 20 full collections, paid from
   * the pause budget. Rejects as other expensive operations do when one cannot be afforded now.
   */
  countInstances(): Promise<readonly ExactInstances[]>;
  /** The whole story, for an incident ticket; measures nothing. */
  report(target: CurlTarget): Answer;
  reportMarkdown(target: CurlTarget): string;
  reportPage(target: CurlTarget): HtmlPage;
  /** What is worth changing, the gravest first; measures nothing. */
  optimize(target: CurlTarget): Answer;
  metrics(accept: string | undefined): Promise<string>;
  metricsContentType(accept: string | undefined): string;
  openapi(): Promise<Answer>;
  /** Heap snapshots: the answers of `/memory/snapshot`, `/memory/snapshots` and `/memory/operations`. */
  readonly snapshots: SnapshotAnswers;
  /** Who holds what grew, as far as a deep look has told in the last ten minutes. */
  holders(): readonly HolderSuspect[];
  /** Where the management listener answers, once it does. */
  managementUrl: string | undefined;
}

export interface TidemarkParts {
  readonly core: Core;
  readonly metrics: Metrics | undefined;
  readonly openapi: () => Promise<Answer>;
  /** Absent when snapshots are switched off. */
  readonly snapshots: SnapshotService | undefined;
}

export function createTidemark({ core, metrics, openapi, snapshots: service }: TidemarkParts): Tidemark {
  const history = (): NonNullable<Core['history']> => core.history ?? off('history.enabled');
  const profile = (): LiveProfile => core.profile ?? off('profile.enabled');
  const snapshots = createSnapshotAnswers(service);
  const verdict = (target: CurlTarget): VerdictAnswer =>
    verdictView(core, core.judgement()!, target, service?.deep.holders);
  const sessions = createProfileSessions(core, core.options.profile);
  const query = (request: HistoryRequest): ReturnType<ReturnType<typeof history>['query']> =>
    history().query(parseHistoryRequest(request, history().series, core.clock.wall()));

  return {
    core,
    openapi,
    managementUrl: undefined,
    snapshots,
    holders: () => service?.deep.holders ?? [],
    stats: (target) => statsView(core, target, snapshots.facts()),
    health: (target) => healthView(core, target),
    routes: (target, sort, limit) =>
      routesView(core, core.recorder ?? off('requests.enabled'), target, sort, limit),
    history: (request, target) => historyView(core, query(request), target),
    historyCsv: (request) => toCsv(query(request)),
    trackClass: (ctor, options) => core.instances.track(ctor, options),
    countInstances: () => core.instances.countAll(),
    report: (target) => reportView(core, target),
    reportMarkdown: (target) => reportMarkdown(reportView(core, target)),
    reportPage: (target) => reportPage(reportView(core, target)),
    optimize: (target) => optimizeView(core, target),
    metrics: async (accept) => (metrics ?? off('metrics.enabled')).render(accept),
    metricsContentType: (accept) => (metrics ?? off('metrics.enabled')).contentType(accept),
    async leakDetection(target, { gc }) {
      if (core.detector === undefined) off('verdict.enabled');
      if (gc) await core.probe();
      return verdict(target);
    },
    async deepLeakDetection(target) {
      if (core.detector === undefined) off('verdict.enabled');
      return snapshots.deepVerdict(() => verdict(target), target);
    },
    async collectGarbage(runs, target) {
      const before = core.judgement();
      const confidence = before && 'confidence' in before ? before.confidence : undefined;
      return gcView(core, await core.collect(runs), confidence, target);
    },
    profile: async (fn, options) => sessions.profile(fn, options),
    startProfileSession: async (options) => sessions.start(options),
    profileSessions: () => sessions.list(),
    profileSession: (id) => sessions.get(id),
    compareProfileSessions: (id1, id2) => sessions.compare(id1, id2),
    sessionsAnswer: (target) => sessionsView(core, sessions, target),
    sessionAnswer: (id, target) => sessionView(core, sessions.get(id), target),
    sessionComparisonAnswer: (id1, id2, target) =>
      sessionComparisonView(core, sessions.compare(id1, id2), target),
    async liveProfile(query, target) {
      const live = profile();
      const { since, reading } = await readings(core, query);
      const growth = live.growthSince(since);
      return profileView(core, live, { reading, ...(since && { since }), growth: growth! }, target);
    },
    async profileFile(format, query) {
      const live = profile();
      const { since, reading } = await readings(core, query);
      return encodeReading(format, { reading, ...(since && { since }) }, live, (route) =>
        core.recorder?.routes.label(route),
      );
    },
  };
}

async function readings(
  core: Core,
  { seconds, signal }: ProfileQuery,
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
  throw new TidemarkError('TIDEMARK_ERR_FEATURE_OFF', { reason: `${option} is false` });
}
