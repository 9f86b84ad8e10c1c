import type { VerdictName } from '../../../src/verdict/verdict.js';
import type { Label } from '../scenario.js';
import type { RetentionWindowsUse } from '../server-messages.js';
import type { Answer, Evidence, RunRecord } from './record.js';

/** A route that an answer puts where the labelled ones belong. */
export interface NamedRoute {
  readonly evidence?: Evidence;
  readonly isRight: boolean;
  /** As in {@link Score.bytesErrors}, of a labelled route with a known true value. */
  readonly bytesError?: number;
}

/** One run compared with its label. Fields that the label does not define are absent. */
export interface Score {
  readonly name: string;
  readonly family: string;
  readonly seed: number;
  readonly isLeak: boolean;
  readonly expected: VerdictName;
  readonly final: VerdictName;
  readonly classRight: boolean;
  /** For a leak: the last answer alleges one. Otherwise: any answer did. */
  readonly alleged: boolean;
  readonly routeRight?: boolean;
  /** As many of the first routes of the last answer as the label has; all of them if no route is to blame. */
  readonly named: readonly NamedRoute[];
  /** Answers of a rise, during the whole run, that put a wrong route where the labelled ones belong. */
  readonly wrongAnswers: number;
  readonly siteRight?: boolean;
  /** (estimate - truth) / truth, for each labelled route with a known true value. */
  readonly bytesErrors: readonly number[];
  /** The true leak rate, assuming even traffic; absent if the true value is not known. */
  readonly leakedBytesPerSecond?: number;
  /** Until the first answer that reports growth and names the right route. */
  readonly signalSeconds?: number;
  /** From the fill horizon to the first answer that reports a leak. */
  readonly afterHorizonSeconds?: number;
  readonly retentionWindows?: RetentionWindowsUse;
}

const ALLEGATIONS: ReadonlySet<VerdictName> = new Set(['leaking', 'native-growth']);
const RISES: ReadonlySet<VerdictName> = new Set(['growing', 'leaking', 'native-growth']);

export function isLeak({ verdict }: Label): boolean {
  return ALLEGATIONS.has(verdict);
}

export function isAllegation(verdict: VerdictName): boolean {
  return ALLEGATIONS.has(verdict);
}

export function isRight(verdict: VerdictName, { verdict: right, alsoRight = [] }: Label): boolean {
  return verdict === right || alsoRight.includes(verdict);
}

export function scoreRun(run: RunRecord): Score {
  const { name, family, seed, label, answers } = run;
  const leak = isLeak(label);
  const last = answers.at(-1);
  const final = last?.verdict ?? 'insufficient-data';
  const base = {
    name,
    family,
    seed,
    isLeak: leak,
    expected: label.verdict,
    final,
    classRight: isRight(final, label),
    named: [],
    wrongAnswers: 0,
    ...(run.series.retentionWindows && { retentionWindows: run.series.retentionWindows }),
    alleged: leak ? ALLEGATIONS.has(final) : answers.some(({ verdict }) => ALLEGATIONS.has(verdict)),
  };
  if (!leak || last === undefined) return { ...base, bytesErrors: [] };
  const first = answers.find((answer) => RISES.has(answer.verdict) && routesAreRight(answer, label));
  const sure = answers.find(({ verdict }) => ALLEGATIONS.has(verdict));
  const named = base.alleged;
  return {
    ...base,
    ...(named && { routeRight: routesAreRight(last, label), named: namedRoutes(last, run) }),
    wrongAnswers: answers.filter((answer) => RISES.has(answer.verdict) && namesWrongly(answer, run)).length,
    ...(named && label.site !== undefined && { siteRight: siteIsRight(last, label) }),
    bytesErrors: named ? bytesErrors(last, run) : [],
    ...leakedPerSecond(run),
    ...(first && { signalSeconds: first.seconds }),
    ...(sure && { afterHorizonSeconds: sure.seconds - run.fillHorizonSeconds }),
  };
}

/** The labelled routes come first, in any order; if no route is to blame, none is named. */
function routesAreRight({ routes }: Answer, { routes: right = [] }: Label): boolean {
  if (right.length === 0) return routes.length === 0;
  const first = new Set(routes.slice(0, right.length).map(({ route }) => route));
  return right.every((route) => first.has(route));
}

function namedRoutes({ routes }: Answer, { label, truth }: RunRecord): NamedRoute[] {
  const { routes: right = [] } = label;
  return routes
    .slice(0, right.length || routes.length)
    .map(({ route, evidence, bytesPerRequest }): NamedRoute => {
      const bytes = truth[route];
      return {
        isRight: right.includes(route),
        ...(evidence && { evidence }),
        ...(bytes !== undefined && { bytesError: (bytesPerRequest.value - bytes) / bytes }),
      };
    });
}

function namesWrongly(answer: Answer, run: RunRecord): boolean {
  return namedRoutes(answer, run).some(({ isRight }) => !isRight);
}

function siteIsRight({ sites }: Answer, { site }: Label): boolean {
  return sites.some(
    ({ file, function: name }) => file.endsWith(site!.file) && site!.functions.includes(name),
  );
}

function bytesErrors({ routes }: Answer, { truth }: RunRecord): number[] {
  return Object.entries(truth).map(([route, bytes]) => {
    const estimate = routes.find((one) => one.route === route)?.bytesPerRequest.value ?? 0;
    return (estimate - bytes) / bytes;
  });
}

function leakedPerSecond({ truth, requests, answers }: RunRecord): { leakedBytesPerSecond?: number } {
  const all = Object.entries(truth);
  if (all.length === 0) return {};
  const bytes = all.reduce((sum, [route, perRequest]) => sum + perRequest * (requests[route] ?? 0), 0);
  return { leakedBytesPerSecond: bytes / answers.at(-1)!.seconds };
}
