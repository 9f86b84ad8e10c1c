import { suggestionBlock } from '../optimize/blocks.js';
import { fact, left, right, section, table, type Block, type Column, type Fact } from '../render/block.js';
import { percent } from '../render/phrases.js';
import { formatBytes, formatSeconds } from '../render/units.js';
import { routeTable } from '../routes/blocks.js';
import { costBlock } from '../stats/blocks.js';
import { findingBlocks } from '../verdict/blocks.js';
import type { ReportAnswer } from './schema.js';

const STACKS = 3;

/** The report in the order it is needed: what is wrong, what to do, then the evidence. */
export function reportBlocks(report: ReportAnswer): readonly Block[] {
  const { at, process, headline, actions, next, verdict, routes, cost } = report;
  const title = `Memory report of process ${process.pid} (Node ${process.nodeVersion}) at ${at}`;
  return [
    { kind: 'title', text: title },
    { kind: 'headline', text: headline, tone: toneOf(report) },
    ...section(
      'What to do now',
      ...(actions.length === 0
        ? [{ kind: 'paragraph', text: 'Nothing has to be done now.' } as const]
        : actions.map(suggestionBlock)),
      { kind: 'commands', steps: next },
    ),
    ...(verdict === undefined ? [] : section('Verdict', ...findingBlocks(verdict, STACKS))),
    ...chartBlocks(report),
    ...section('Routes', ...routeTable(routes)),
    ...memoryBlocks(report),
    ...gcBlocks(report),
    ...loadBlocks(report),
    ...eventLoopBlocks(report),
    ...incidentBlocks(report),
    ...section(
      'What this diagnosis costs',
      {
        kind: 'paragraph',
        text: `Since the process started ${formatSeconds(process.uptimeSeconds)} ago; this report measured nothing.`,
      },
      costBlock(cost),
    ),
  ];
}

function toneOf({ verdict }: ReportAnswer): 'bad' | 'unsure' | 'good' {
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

function chartBlocks({ growth }: ReportAnswer): Block[] {
  if (growth === undefined) return [];
  const hasExternal = growth.externalBytes.some((value) => value !== null && value > 0);
  return [
    { kind: 'heading', text: 'Growth' },
    {
      kind: 'chart',
      data: {
        title: `Heap in use and its floor from ${growth.from} to ${growth.to}`,
        times: growth.times.map((time) => Date.parse(time)),
        lines: [
          { name: 'heap in use', look: 'used', values: growth.heapUsedBytes },
          { name: 'floor after GC', look: 'floor', values: growth.heapFloorBytes },
          ...(hasExternal
            ? [{ name: 'external', look: 'external', values: growth.externalBytes } as const]
            : []),
        ],
      },
    },
  ];
}

const bytes = (label: string, value: number | undefined): readonly Fact[] =>
  fact(label, value === undefined ? undefined : formatBytes(value));

/** Where the memory is, and how far it may grow. */
function memoryBlocks({ memory, limits: { effective, heapLimitBytes, cgroup } }: ReportAnswer): Block[] {
  const rows = [
    ...bytes('heap in use', memory.heapUsedBytes),
    ...bytes('heap floor (live after the newest major GC)', memory.heapFloorBytes),
    ...bytes('heap committed', memory.heapCommittedBytes),
    ...bytes('external (Buffers)', memory.externalBytes),
    ...bytes('array buffers', memory.arrayBuffersBytes),
    ...bytes('resident (rss)', memory.rssBytes),
    ...bytes(`effective limit of the heap, set by ${effective?.source ?? ''}`, effective?.bytes),
    ...bytes('V8 heap limit', heapLimitBytes),
    ...bytes('container limit', cgroup?.limitBytes),
    ...bytes('container usage', cgroup?.usageBytes),
    ...fact(
      'share of the effective limit in use',
      effective?.usedRatio === undefined ? undefined : percent(effective.usedRatio),
    ),
  ];
  return rows.length === 0 ? [] : section('Memory and limits', { kind: 'facts', rows });
}

function gcBlocks({ gc }: ReportAnswer): Block[] {
  const share =
    gc.recentShare === undefined
      ? gc.words
      : `${(gc.recentShare * 100).toFixed(1)} % of the last ${formatSeconds(gc.recentSeconds ?? 0)}: ${gc.words}; ${formatBytes(gc.allocatedBytesPerSecond ?? 0)} are allocated a second`;
  return [
    { kind: 'heading', text: 'Garbage collection' },
    { kind: 'paragraph', text: `${share}.` },
    ...table(GC_COLUMNS, gc.kinds),
  ];
}

const GC_COLUMNS: readonly Column<ReportAnswer['gc']['kinds'][number]>[] = [
  left('kind', ({ kind }) => kind),
  right('count', ({ count }) => String(count)),
  right('paused in all', ({ pauseMs }) => formatSeconds(pauseMs / 1000)),
  right('longest pause', ({ longestPauseAtMostMs: atMost }) =>
    atMost === undefined ? 'over 5 s' : `at most ${formatSeconds(atMost / 1000)}`,
  ),
  right('reclaimed', ({ reclaimedBytes }) => formatBytes(reclaimedBytes)),
];

function loadBlocks({ load }: ReportAnswer): Block[] {
  if (load === undefined || load.length === 0) return [];
  const items = load.map(({ words, spearman, pearson, points }) => {
    const figures =
      spearman === undefined
        ? ''
        : ` (Spearman ${spearman.toFixed(2)}, Pearson ${pearson?.toFixed(2) ?? '-'}, ${points} points)`;
    return `${words}${figures}`;
  });
  return [
    { kind: 'heading', text: 'Memory and load' },
    { kind: 'list', items },
  ];
}

function eventLoopBlocks({ eventLoop }: ReportAnswer): Block[] {
  if (eventLoop === undefined) return [];
  const { delayP50Ms, delayP99Ms, delayMaxMs, utilization } = eventLoop;
  const delays = [
    `delay p50 ${formatSeconds(delayP50Ms / 1000)}`,
    `p99 ${formatSeconds(delayP99Ms / 1000)}`,
    `greatest ${formatSeconds(delayMaxMs / 1000)}`,
  ];
  return [
    { kind: 'heading', text: 'Event loop' },
    { kind: 'paragraph', text: `${percent(utilization)} busy; ${delays.join(', ')} in the newest interval.` },
  ];
}

function incidentBlocks({ incidents }: ReportAnswer): Block[] {
  return [
    { kind: 'heading', text: 'Verdicts in this life of the process' },
    ...(incidents.length === 0
      ? [{ kind: 'paragraph', text: 'None yet.' } as const]
      : table(INCIDENT_COLUMNS, incidents.toReversed())),
  ];
}

const INCIDENT_COLUMNS: readonly Column<ReportAnswer['incidents'][number]>[] = [
  left('from', ({ at }) => at),
  left('to', ({ until }) => until ?? 'until now'),
  left('verdict', ({ verdict }) => verdict),
  right('growth', ({ bytesPerSecond }) =>
    bytesPerSecond === undefined ? '-' : `${formatBytes(bytesPerSecond)}/s`,
  ),
  left('route', ({ route }) => route ?? '-'),
  left('line', ({ site }) => site ?? '-'),
];
