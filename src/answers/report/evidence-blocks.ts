import { percent } from '../render/phrases.js';
import { formatBytes, formatNamed, formatSeconds } from '../render/units.js';
import { left, right, table, type Block, type Column } from '../render/block.js';
import type { ReportFacts } from './report-facts.js';

const pairs = (rows: readonly (readonly string[])[]): Block[] =>
  table<readonly string[]>([left('what', (row) => row[0]!), right('how much', (row) => row[1]!)], rows);

export function chartBlocks({ growth }: ReportFacts): Block[] {
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

/** Where the memory is, and what it may grow to. */
export function memoryBlocks({ memory, limits }: ReportFacts): Block[] {
  const rows = [
    ['heap in use', memory.heapUsedBytes],
    ['heap floor (live after the newest major GC)', memory.heapFloorBytes],
    ['heap committed', memory.heapCommittedBytes],
    ['external (Buffers)', memory.externalBytes],
    ['array buffers', memory.arrayBuffersBytes],
    ['resident (rss)', memory.rssBytes],
    [`effective limit of the heap, set by ${limits.effective?.source ?? ''}`, limits.effective?.bytes],
    ['V8 heap limit', limits.heapLimitBytes],
    ['container limit', limits.cgroup?.limitBytes],
    ['container usage', limits.cgroup?.usageBytes],
  ] as const;
  const known = rows.flatMap(([name, bytes]) => (bytes === undefined ? [] : [[name, formatBytes(bytes)]]));
  const ratio = limits.effective?.usedRatio;
  return [
    { kind: 'heading', text: 'Memory and limits' },
    ...pairs([
      ...known,
      ...(ratio === undefined ? [] : [['share of the effective limit in use', percent(ratio)]]),
    ]),
  ];
}

export function gcBlocks({ gc }: ReportFacts): Block[] {
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

const GC_COLUMNS: readonly Column<ReportFacts['gc']['kinds'][number]>[] = [
  left('kind', ({ kind }) => kind),
  right('count', ({ count }) => String(count)),
  right('paused in all', ({ pauseMs }) => formatSeconds(pauseMs / 1000)),
  right('longest pause', ({ longestPauseAtMostMs: atMost }) =>
    atMost === undefined ? 'over 5 s' : `at most ${formatSeconds(atMost / 1000)}`,
  ),
  right('reclaimed', ({ reclaimedBytes }) => formatBytes(reclaimedBytes)),
];

export function loadBlocks({ load }: ReportFacts): Block[] {
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

export function eventLoopBlocks({ eventLoop }: ReportFacts): Block[] {
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

export function incidentBlocks({ incidents }: ReportFacts): Block[] {
  return [
    { kind: 'heading', text: 'Verdicts in this life of the process' },
    ...(incidents.length === 0
      ? [{ kind: 'paragraph', text: 'None yet.' } as const]
      : table(INCIDENT_COLUMNS, incidents.toReversed())),
  ];
}

const INCIDENT_COLUMNS: readonly Column<ReportFacts['incidents'][number]>[] = [
  left('from', ({ at }) => at),
  left('to', ({ until }) => until ?? 'until now'),
  left('verdict', ({ verdict }) => verdict),
  right('growth', ({ bytesPerSecond }) =>
    bytesPerSecond === undefined ? '-' : `${formatBytes(bytesPerSecond)}/s`,
  ),
  left('route', ({ route }) => route ?? '-'),
  left('line', ({ site }) => site ?? '-'),
];

export function costBlocks({ cost, process: { uptimeSeconds } }: ReportFacts): Block[] {
  const scalars = Object.entries(cost).filter(([, value]) => typeof value === 'number');
  return [
    { kind: 'heading', text: 'What this diagnosis costs' },
    {
      kind: 'paragraph',
      text: `Since the process started ${formatSeconds(uptimeSeconds)} ago; this report measured nothing.`,
    },
    ...pairs(scalars.map(([name, value]) => [name, formatNamed(name, value)])),
  ];
}
