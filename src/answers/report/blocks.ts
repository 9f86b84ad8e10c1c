import { MEANING } from '../verdict/text.js';
import type { Block } from '../render/block.js';
import {
  chartBlocks,
  costBlocks,
  eventLoopBlocks,
  gcBlocks,
  incidentBlocks,
  loadBlocks,
  memoryBlocks,
} from './evidence-blocks.js';
import type { ReportFacts } from './report-facts.js';
import { routeBlocks, siteBlocks } from './suspect-blocks.js';

/** The report in the order in which it is needed: what is wrong, what to do, and then why that is known. */
export function reportBlocks(facts: ReportFacts): readonly Block[] {
  return [
    { kind: 'title', text: titleOf(facts) },
    { kind: 'headline', text: facts.headline, tone: toneOf(facts) },
    ...actionBlocks(facts),
    ...verdictBlocks(facts),
    ...chartBlocks(facts),
    ...siteBlocks(facts),
    ...routeBlocks(facts),
    ...memoryBlocks(facts),
    ...gcBlocks(facts),
    ...loadBlocks(facts),
    ...eventLoopBlocks(facts),
    ...incidentBlocks(facts),
    ...costBlocks(facts),
  ];
}

export function titleOf({ at, process: { pid, nodeVersion } }: ReportFacts): string {
  return `Memory report of process ${pid} (Node ${nodeVersion}) at ${at}`;
}

function toneOf({ verdict }: ReportFacts): 'bad' | 'unsure' | 'good' {
  switch (verdict?.verdict) {
    case 'leaking':
    case 'native-growth':
      return 'bad';
    case 'stable':
    case 'filling':
    case 'load-following':
      return 'good';
    default:
      return 'unsure';
  }
}

function actionBlocks({ actions, next }: ReportFacts): Block[] {
  const items = actions.map(({ title, action, evidence }) => `${title}. ${action} (${evidence})`);
  return [
    { kind: 'heading', text: 'What to do now' },
    items.length === 0 ? { kind: 'paragraph', text: 'Nothing has to be done now.' } : { kind: 'list', items },
    { kind: 'commands', steps: next as never },
  ];
}

function verdictBlocks({ verdict }: ReportFacts): Block[] {
  if (verdict === undefined) return [];
  const sure =
    verdict.confidence === undefined ? '' : ` (confidence ${Math.round(verdict.confidence * 100)} %)`;
  const seen =
    verdict.window === undefined
      ? ''
      : ` Seen from ${verdict.window.from} to ${verdict.window.to}: ${verdict.window.majorGcs} major collections, ${verdict.window.requests} requests.`;
  const others = verdict.ruledOut.map(({ verdict: name, because }) => `not ${name}: ${because}`);
  const lacks = (verdict.lacks ?? []).map(({ because }) => `lacks: ${because}`);
  const items = [...lacks, ...others];
  return [
    { kind: 'heading', text: 'Verdict' },
    { kind: 'paragraph', text: `${verdict.verdict}${sure}: ${MEANING[verdict.verdict]}.${seen}` },
    ...(items.length === 0 ? [] : [{ kind: 'list', items } as const]),
  ];
}
