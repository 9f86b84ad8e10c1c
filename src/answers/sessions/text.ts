import type { SessionComparison, SiteDifference } from '../../profile/sessions/compare.js';
import type { ProfileSession, SessionSite, SessionSummary } from '../../profile/sessions/session.js';
import type { NextStep } from '../curl-step.js';
import { formatBytes, formatSeconds } from '../render/units.js';
import { head, labelled, table, tail, type Column } from '../render/layout.js';
import { nextLines } from '../render/next-lines.js';
import { firstOf, interval, percent, place } from '../render/phrases.js';

/** As an alias, which is a plain record too, and with what to do next. */
type Answered<T> = { readonly [K in keyof T]: T[K] } & { readonly next: readonly NextStep[] };

export type SessionsFacts = Answered<{
  readonly stored: number;
  readonly storedBytes: number;
  readonly dropped: number;
  readonly open: number;
  readonly sessions: readonly SessionSummary[];
}>;
export type SessionFacts = Answered<ProfileSession>;
export type ComparisonFacts = Answered<SessionComparison>;

const ROWS = 20;

const bytes = (value: number | undefined): string => (value === undefined ? '-' : formatBytes(value));
const ms = (value: number): string => formatSeconds(value / 1000);

const sessionColumns: readonly Column<SessionSummary>[] = [
  { name: 'id', align: 'right', of: ({ id }) => id },
  { name: 'name', align: 'left', of: ({ name }) => head(name, 32) },
  { name: 'at', align: 'left', of: ({ startedAt }) => startedAt },
  { name: 'took', align: 'right', of: ({ durationMs }) => ms(durationMs) },
  { name: 'retained', align: 'right', of: ({ retainedBytes }) => bytes(retainedBytes) },
  { name: 'allocated', align: 'right', of: ({ allocatedBytes }) => bytes(allocatedBytes) },
  { name: 'sites', align: 'right', of: ({ siteCount }) => String(siteCount) },
  { name: '', align: 'left', of: (session) => remark(session) },
];

function remark({ status, complete }: SessionSummary): string {
  return [status === 'failed' ? 'failed' : '', complete ? '' : 'incomplete'].filter(Boolean).join(', ');
}

export function sessionsText({ stored, storedBytes, dropped, open, sessions, next }: SessionsFacts): string {
  const shown = sessions.slice(0, ROWS);
  const lines = [
    `${stored} sessions stored in ${formatBytes(storedBytes)}, ${dropped} dropped for their room, ${open} open`,
    ...(shown.length === 0 ? [] : ['', ...table(sessionColumns, shown)]),
    ...(sessions.length > ROWS ? [`and ${sessions.length - ROWS} more in the JSON`] : []),
    ...nextLines(next),
  ];
  return `${lines.join('\n')}\n`;
}

const siteColumns: readonly Column<SessionSite>[] = [
  { name: 'grown', align: 'right', of: ({ growthBytes }) => interval(growthBytes) },
  { name: 'share', align: 'right', of: ({ share }) => percent(share) },
  { name: 'where', align: 'left', of: (site) => tail(place(site), 44) },
  { name: 'function', align: 'left', of: (site) => head(site.file === '' ? '' : site.function, 20) },
  { name: 'route', align: 'left', of: ({ routes }) => head(firstOf(routes), 28) },
];

function retainedWords(session: ProfileSession): string {
  const { retainedBytes, retainedHeapBytes, retainedExternalBytes } = session;
  if (retainedBytes === undefined) return 'not measured';
  const parts = `${bytes(retainedHeapBytes)} heap, ${bytes(retainedExternalBytes)} external`;
  return `${formatBytes(retainedBytes)} (${parts})`;
}

export function sessionText(session: SessionFacts): string {
  const { id, name, status, error, startedAt, durationMs, pauseMs, requests, limitations, next } = session;
  const { sites = [], omittedSites = 0, samplingIntervalBytes, allocatedBytes, overlapping } = session;
  const outcome = status === 'failed' ? `, failed with ${error?.code ?? error?.name ?? 'an error'}` : '';
  const interval =
    samplingIntervalBytes === undefined ? '' : `, sampled one in ${formatBytes(samplingIntervalBytes)}`;
  const others = `${requests ?? 'unknown'} requests completed, ${overlapping} other sessions open`;
  const left = sites.length - ROWS + omittedSites;
  const lines = [
    ...labelled('session', `${id}, ${name}, at ${startedAt}${outcome}`),
    ...labelled('took', `${ms(durationMs)}; the readings paused for ${ms(pauseMs)}`),
    ...labelled('retained', retainedWords(session)),
    ...labelled('allocated', `${bytes(allocatedBytes)}, garbage included`),
    ...labelled('meanwhile', `${others}${interval}`),
    ...limitations.flatMap(({ part, reason }) => labelled('limitation', `${part}: ${reason}`)),
    ...(sites.length === 0 ? [] : ['', ...table(siteColumns, sites.slice(0, ROWS))]),
    ...(left > 0 ? [`and ${left} more`] : []),
    ...nextLines(next),
  ];
  return `${lines.join('\n')}\n`;
}

const differenceColumns: readonly Column<SiteDifference>[] = [
  { name: 'difference', align: 'right', of: ({ differenceBytes }) => interval(differenceBytes) },
  { name: '', align: 'left', of: ({ change }) => (change === 'both' ? '' : change) },
  { name: 'certain', align: 'left', of: ({ certain }) => (certain ? 'yes' : 'no') },
  { name: 'first', align: 'right', of: ({ growthBytes1 }) => bytes(growthBytes1?.value) },
  { name: 'second', align: 'right', of: ({ growthBytes2 }) => bytes(growthBytes2?.value) },
  { name: 'where', align: 'left', of: (site) => tail(place(site), 36) },
];

function sessionWords({ id, name, startedAt, retainedBytes }: SessionSummary): string {
  return `${id}, ${name}, at ${startedAt}: retained ${bytes(retainedBytes)}`;
}

export function sessionComparisonText(compared: ComparisonFacts): string {
  const { session1, session2, sites = [], caveats, next } = compared;
  const { retainedDifferenceBytes, allocatedDifferenceBytes, durationDifferenceMs } = compared;
  const difference = `${bytes(retainedDifferenceBytes)} retained, ${bytes(allocatedDifferenceBytes)} allocated`;
  const lines = [
    ...labelled('first', sessionWords(session1)),
    ...labelled('second', sessionWords(session2)),
    ...labelled('difference', `${difference}, ${ms(durationDifferenceMs)}`),
    ...caveats.flatMap((caveat) => labelled('mind', caveat)),
    ...(sites.length === 0 ? [] : ['', ...table(differenceColumns, sites.slice(0, ROWS))]),
    ...(sites.length > ROWS ? [`and ${sites.length - ROWS} more in the JSON`] : []),
    ...nextLines(next),
  ];
  return `${lines.join('\n')}\n`;
}
