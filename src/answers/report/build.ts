import type { Clock } from '../../base/clock.js';
import type { History } from '../../history/history.js';
import type { Sample } from '../../measure/reading.js';
import type { VerdictChange } from '../../verdict/verdict-log.js';
import { nextSteps, type StepName, type StepSource } from '../next-step.js';
import { leadingRoutes, optimizeFacts, type OptimizeSource } from '../optimize/facts.js';
import { suggest } from '../optimize/rules/rules.js';
import { costOf, type CostSource } from '../stats/build.js';
import type { VerdictAnswer } from '../verdict/schema.js';
import { gcHealth } from './gc-health.js';
import { growthOf } from './growth.js';
import { headline } from './headline.js';
import { loadCorrelations } from './load-correlation.js';
import type { ReportAnswer } from './schema.js';

const MAX_ACTIONS = 3;
const MAX_ROUTES = 10;

export interface ReportSource extends StepSource, OptimizeSource, CostSource {
  readonly options: StepSource['options'] & OptimizeSource['options'];
  readonly clock: Clock;
  readonly history: Pick<History, 'query'> | undefined;
  readonly recorder: CostSource['recorder'];
  readonly detector: { readonly points: readonly { readonly heapBytes: number }[] } | undefined;
  readonly verdicts: { readonly changes: readonly VerdictChange[] };
  latest(): Sample;
  failures(): Readonly<Record<string, number>>;
}

/** The full report from known facts: answering measures nothing and pauses nothing. */
export function buildReport(source: ReportSource, verdict: VerdictAnswer | undefined): ReportAnswer {
  const facts = optimizeFacts(source, verdict);
  const { sample, gc, recent } = facts;
  const { recorder, history } = source;
  const nowMs = source.clock.wall();
  const growth = history && growthOf(history);
  return {
    at: new Date(nowMs).toISOString(),
    headline: headline({
      nowMs,
      ...(verdict && { verdict }),
      ...(sample.heap && { heapUsedBytes: sample.heap.usedBytes }),
      ...(sample.limit && { limit: sample.limit }),
    }),
    process: {
      pid: process.pid,
      uptimeSeconds: Math.round(process.uptime()),
      nodeVersion: process.versions.node,
    },
    actions: suggest(facts)
      .filter(({ severity }) => severity !== 'info')
      .slice(0, MAX_ACTIONS),
    ...(verdict && { verdict }),
    ...(growth && { growth }),
    routes: recorder === undefined ? [] : leadingRoutes(source, recorder, MAX_ROUTES),
    memory: memoryOf(sample, source.detector?.points.at(-1)?.heapBytes),
    limits: limitsOf(sample),
    gc: gcHealth(gc, recent),
    ...(history && recorder && { load: loadCorrelations(history) }),
    ...(sample.eventLoop && { eventLoop: sample.eventLoop }),
    incidents: incidentsOf(source.verdicts.changes),
    cost: costOf(source),
    next: nextSteps(source, stepsFor(verdict)),
  };
}

function stepsFor(verdict: VerdictAnswer | undefined): readonly StepName[] {
  if (verdict?.suspects === undefined) return ['verdict', 'stats', 'optimize'];
  const window: readonly StepName[] = verdict.next.some(({ query }) => query?.['window'] === '1')
    ? ['verdictWindow']
    : [];
  return [...window, 'profileDelta', 'routes', 'pprof', 'gc', 'optimize'];
}

function memoryOf(
  { heap, arrayBuffersBytes, rssBytes }: Sample,
  heapFloorBytes: number | undefined,
): ReportAnswer['memory'] {
  return {
    ...(heap && {
      heapUsedBytes: heap.usedBytes,
      heapCommittedBytes: heap.committedBytes,
      externalBytes: heap.externalBytes,
    }),
    ...(heapFloorBytes !== undefined && { heapFloorBytes }),
    ...(arrayBuffersBytes !== undefined && { arrayBuffersBytes }),
    ...(rssBytes !== undefined && { rssBytes }),
  };
}

function limitsOf({ heap, limit, cgroup }: Sample): ReportAnswer['limits'] {
  return {
    ...(limit && {
      effective: {
        ...limit,
        ...(heap && limit.bytes > 0 && { usedRatio: heap.usedBytes / limit.bytes }),
      },
    }),
    ...(heap && { heapLimitBytes: heap.limitBytes }),
    ...(cgroup && { cgroup }),
  };
}

/** Each verdict from when it was made until the next one replaced it. */
function incidentsOf(changes: readonly VerdictChange[]): ReportAnswer['incidents'] {
  return changes.map(({ atMs, ...change }, i) => {
    const next = changes[i + 1];
    return {
      at: new Date(atMs).toISOString(),
      ...(next && { until: new Date(next.atMs).toISOString() }),
      ...change,
    };
  });
}
