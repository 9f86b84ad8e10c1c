import type { Core } from '../../runtime/core.js';
import type { VerdictChange } from '../../verdict/verdict-log.js';
import { nextSteps } from '../available-steps.js';
import type { CurlTarget, StepName } from '../curl-step.js';
import { leadingRoutes, optimizeFacts } from '../optimize/gather.js';
import { suggest } from '../optimize/suggest.js';
import { reportBlocks, titleOf } from './blocks.js';
import { gcHealth } from './gc-health.js';
import { growthOf } from './growth.js';
import { headline } from './headline.js';
import { htmlPage, type HtmlPage } from '../render/html.js';
import { loadCorrelations } from './load-correlation.js';
import { markdownOf } from '../render/markdown.js';
import { textOf } from '../render/text.js';
import type { Incident, LimitFacts, MemoryFacts, ReportFacts } from './report-facts.js';
import { withText } from '../render/old-values.js';
import { costView } from '../stats/build.js';
import { verdictView } from '../verdict/build.js';

const MAX_ACTIONS = 3;
const MAX_ROUTES = 10;

/** The whole story, from what is there: answering measures nothing and pauses nothing. */
export function reportView(core: Core, target: CurlTarget): ReportFacts {
  const judgement = core.judgement();
  const verdict = judgement && verdictView(core, judgement, target);
  const optimize = optimizeFacts(core, verdict);
  const { sample, gc, recent } = optimize;
  const nowMs = core.clock.wall();
  const growth = core.history && growthOf(core.history);
  const answer: ReportFacts = {
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
    actions: suggest(optimize)
      .filter(({ severity }) => severity !== 'info')
      .slice(0, MAX_ACTIONS),
    ...(verdict && { verdict }),
    ...(growth && { growth }),
    routes: core.recorder === undefined ? [] : leadingRoutes(core, core.recorder, MAX_ROUTES),
    memory: memoryFacts(core),
    limits: limitFacts(core),
    gc: gcHealth(gc, recent),
    ...(core.history && core.recorder && { load: loadCorrelations(core.history) }),
    ...(sample.eventLoop && { eventLoop: sample.eventLoop }),
    incidents: incidents(core.verdicts.changes),
    cost: costView(core),
    next: nextSteps(core, stepsFor(verdict?.suspects !== undefined), target),
  };
  return withText(answer, () => textOf(reportBlocks(answer)));
}

/** The same as a page for a browser. */
export function reportPage(answer: ReportFacts): HtmlPage {
  return htmlPage(titleOf(answer), reportBlocks(answer));
}

/** The same for a ticket. */
export function reportMarkdown(answer: ReportFacts): string {
  return markdownOf(reportBlocks(answer));
}

function stepsFor(rises: boolean): readonly StepName[] {
  return rises ? ['profileDelta', 'routes', 'pprof', 'gc', 'optimize'] : ['verdict', 'stats', 'optimize'];
}

function memoryFacts(core: Core): MemoryFacts {
  const { heap, arrayBuffersBytes, rssBytes } = core.latest();
  const floor = core.detector?.points.at(-1);
  return {
    ...(heap && {
      heapUsedBytes: heap.usedBytes,
      heapCommittedBytes: heap.committedBytes,
      externalBytes: heap.externalBytes,
    }),
    ...(floor && { heapFloorBytes: floor.heapBytes }),
    ...(arrayBuffersBytes !== undefined && { arrayBuffersBytes }),
    ...(rssBytes !== undefined && { rssBytes }),
  };
}

function limitFacts(core: Core): LimitFacts {
  const { heap, limit, cgroup } = core.latest();
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

function incidents(changes: readonly VerdictChange[]): Incident[] {
  return changes.map(({ atMs, ...change }, i) => {
    const next = changes[i + 1];
    return {
      at: new Date(atMs).toISOString(),
      ...(next && { until: new Date(next.atMs).toISOString() }),
      ...change,
    };
  });
}
