import type { EffectiveLimit } from '../../measure/reading.js';
import { percent } from '../render/phrases.js';
import { formatBytes, formatSeconds } from '../render/units.js';
import type { VerdictAnswer } from '../verdict/schema.js';

export interface HeadlineFacts {
  readonly nowMs: number;
  readonly verdict?: Omit<VerdictAnswer, 'next'>;
  readonly heapUsedBytes?: number;
  readonly limit?: EffectiveLimit;
}

/** The first sentence for someone just woken up: what, how fast, where, until when. */
export function headline(facts: HeadlineFacts): string {
  const { verdict } = facts;
  const used = usedWords(facts);
  if (verdict === undefined) return `No verdict, because verdict.enabled is false${used}.`;
  if (verdict.suspects !== undefined) return rising(verdict, facts.nowMs);
  if (verdict.verdict === 'insufficient-data') {
    const ready =
      verdict.readyInSeconds === undefined
        ? ''
        : ` (ready in about ${formatSeconds(verdict.readyInSeconds)})`;
    return `Too little has been seen to say whether it leaks: ${verdict.missing?.join('; ') ?? 'no floor yet'}${ready}${used}.`;
  }
  return `${CALM[verdict.verdict] ?? `The verdict is ${verdict.verdict}`}${used}.`;
}

const CALM: Readonly<Partial<Record<VerdictAnswer['verdict'], string>>> = {
  stable: 'No leak: what stays after a garbage collection does not grow',
  filling: 'No leak so far: memory still grows, but ever more slowly, as a cache or a warm-up does',
  'load-following': 'No leak: memory rises and falls with the work in hand',
  churning: 'No leak, but much is allocated and thrown away, and collecting it takes much of the time',
  fragmented: 'No leak in the heap, but the process holds far more memory than is live',
};

function usedWords({ heapUsedBytes, limit }: HeadlineFacts): string {
  if (heapUsedBytes === undefined) return '';
  if (limit === undefined || limit.bytes <= 0) return `; ${formatBytes(heapUsedBytes)} of heap are in use`;
  const share = percent(heapUsedBytes / limit.bytes);
  return `; ${formatBytes(heapUsedBytes)} of heap are in use, ${share} of the limit of ${formatBytes(limit.bytes)} (${limit.source})`;
}

function rising(verdict: Omit<VerdictAnswer, 'next'>, nowMs: number): string {
  const { growth, suspects, decidedAt } = verdict;
  const perSecond = growth === undefined ? '' : ` about ${formatBytes(growth.bytesPerSecond.value)}/s`;
  const route = suspects?.routes[0];
  const each = route?.bytesPerRequest ?? growth?.bytesPerRequest;
  const perRequest = each === undefined ? '' : ` (${formatBytes(each.value)} a request)`;
  const where = `${route === undefined ? '' : ` in ${route.route}`}${siteWords(suspects)}`;
  const end = endWords(verdict, nowMs);
  if (verdict.verdict === 'leaking') return `Leaking${perSecond}${perRequest}${where}${end}.`;
  if (verdict.verdict === 'native-growth')
    return `Memory outside the JavaScript heap grows by${perSecond}${perRequest}${where}${end}.`;
  const decided =
    decidedAt === undefined ? '' : `, to be decided at ${clockTime(Date.parse(decidedAt), nowMs)}`;
  return `Growing by${perSecond}${perRequest}${where}, a leak or something that still fills${decided}${end}.`;
}

function siteWords(suspects: VerdictAnswer['suspects']): string {
  const site = suspects?.sites[0];
  if (site === undefined) return '';
  return site.file === '' ? `, in ${site.function}` : `, at ${site.file}:${site.line} ${site.function}`;
}

function endWords({ exhaustion, limit }: Omit<VerdictAnswer, 'next'>, nowMs: number): string {
  if (exhaustion === undefined) return '';
  const which =
    limit === undefined ? 'the limit' : `the limit of ${formatBytes(limit.bytes)} (${limit.source})`;
  const at = exhaustion.at === undefined ? '' : ` at ${clockTime(Date.parse(exhaustion.at), nowMs)},`;
  return `; at this rate ${which} is met${at} in ${formatSeconds(exhaustion.inSeconds.value)}`;
}

/** `03:41 UTC`, with the date if it is not that of `nowMs`: nobody should compute days at night. */
function clockTime(atMs: number, nowMs: number): string {
  const at = new Date(atMs).toISOString();
  const time = `${at.slice(11, 16)} UTC`;
  const day = at.slice(0, 10);
  return day === new Date(nowMs).toISOString().slice(0, 10) ? time : `${day} ${time}`;
}
