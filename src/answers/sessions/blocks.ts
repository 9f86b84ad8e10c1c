import { left, nextBlocks, path, right, table, type Block, type Fact } from '../render/block.js';
import { interval, percent, place } from '../render/phrases.js';
import { formatBytes, formatSeconds } from '../render/units.js';
import type { SessionAnswer, SessionComparisonAnswer, SessionsAnswer } from './schema.js';

type Summary = SessionsAnswer['sessions'][number];
type Site = NonNullable<SessionAnswer['sites']>[number];
type Difference = NonNullable<SessionComparisonAnswer['sites']>[number];

const ROWS = 20;

const bytes = (value: number | undefined): string => (value === undefined ? '-' : formatBytes(value));
const ms = (value: number): string => formatSeconds(value / 1000);

const sessionColumns = [
  right<Summary>('id', ({ id }) => id),
  left<Summary>('name', ({ name }) => name),
  left<Summary>('at', ({ startedAt }) => startedAt),
  right<Summary>('took', ({ durationMs }) => ms(durationMs)),
  right<Summary>('retained', ({ retainedBytes }) => bytes(retainedBytes)),
  right<Summary>('allocated', ({ allocatedBytes }) => bytes(allocatedBytes)),
  right<Summary>('sites', ({ siteCount }) => String(siteCount)),
  left<Summary>('', ({ status, complete }) =>
    [status === 'failed' ? 'failed' : '', complete ? '' : 'incomplete'].filter(Boolean).join(', '),
  ),
];

export function sessionsBlocks({
  stored,
  storedBytes,
  dropped,
  open,
  sessions,
  next,
}: SessionsAnswer): Block[] {
  const text = `${stored} sessions stored in ${formatBytes(storedBytes)}, ${dropped} dropped to make room, ${open} open`;
  return [{ kind: 'paragraph', text }, ...table(sessionColumns, sessions, ROWS), ...nextBlocks(next)];
}

const siteColumns = [
  right<Site>('grown', ({ growthBytes }) => interval(growthBytes)),
  right<Site>('share', ({ share }) => percent(share)),
  path<Site>('where', place),
  left<Site>('function', (site) => (site.file === '' ? '' : site.function)),
];

export function sessionBlocks(session: SessionAnswer): Block[] {
  const { id, name, status, error, startedAt, durationMs, pauseMs, requests, limitations, next } = session;
  const { sites = [], omittedSites = 0, samplingIntervalBytes, allocatedBytes, overlapping } = session;
  const outcome = status === 'failed' ? `, failed with ${error?.code ?? error?.name ?? 'an error'}` : '';
  const sampled =
    samplingIntervalBytes === undefined ? '' : `, sampled one in ${formatBytes(samplingIntervalBytes)}`;
  const rows: readonly Fact[] = [
    ['session', `${id}, ${name}, at ${startedAt}${outcome}`],
    ['took', `${ms(durationMs)}; the readings paused for ${ms(pauseMs)}`],
    ['retained', retainedText(session)],
    ['allocated', `${bytes(allocatedBytes)}, garbage included`],
    [
      'meanwhile',
      `${requests ?? 'unknown'} requests completed, ${overlapping} other sessions open${sampled}`,
    ],
    ...limitations.map(({ part, reason }): Fact => ['limitation', `${part}: ${reason}`]),
  ];
  const omitted: Block[] =
    omittedSites > 0 ? [{ kind: 'paragraph', text: `${omittedSites} smaller sites were not stored` }] : [];
  return [{ kind: 'facts', rows }, ...table(siteColumns, sites, ROWS), ...omitted, ...nextBlocks(next)];
}

function retainedText({ retainedBytes, retainedHeapBytes, retainedExternalBytes }: SessionAnswer): string {
  if (retainedBytes === undefined) return 'not measured';
  return `${formatBytes(retainedBytes)} (${bytes(retainedHeapBytes)} heap, ${bytes(retainedExternalBytes)} external)`;
}

const differenceColumns = [
  right<Difference>('difference', ({ differenceBytes }) => interval(differenceBytes)),
  left<Difference>('', ({ change }) => (change === 'both' ? '' : change)),
  left<Difference>('certain', ({ certain }) => (certain ? 'yes' : 'no')),
  right<Difference>('first', ({ growthBytes1 }) => bytes(growthBytes1?.value)),
  right<Difference>('second', ({ growthBytes2 }) => bytes(growthBytes2?.value)),
  path<Difference>('where', place),
];

export function sessionComparisonBlocks(compared: SessionComparisonAnswer): Block[] {
  const { session1, session2, sites = [], caveats, next } = compared;
  const { retainedDifferenceBytes, allocatedDifferenceBytes, durationDifferenceMs } = compared;
  const difference = `${bytes(retainedDifferenceBytes)} retained, ${bytes(allocatedDifferenceBytes)} allocated`;
  const rows: readonly Fact[] = [
    ['first', summaryText(session1)],
    ['second', summaryText(session2)],
    ['difference', `${difference}, ${ms(durationDifferenceMs)}`],
    ...caveats.map((caveat): Fact => ['caveat', caveat]),
  ];
  return [{ kind: 'facts', rows }, ...table(differenceColumns, sites, ROWS), ...nextBlocks(next)];
}

function summaryText({ id, name, startedAt, retainedBytes }: Summary): string {
  return `${id}, ${name}, at ${startedAt}: retained ${bytes(retainedBytes)}`;
}
