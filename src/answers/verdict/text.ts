import type { ResourceSuspect } from '../../verdict/attribution/suspects.js';
import { formatBytes, formatSeconds } from '../render/units.js';
import type { HolderView, RouteSuspectView, SiteView, VerdictAnswer } from './answer.js';
import { labelled } from '../render/layout.js';
import { nextLines } from '../render/next-lines.js';
import { interval, percent, place } from '../render/phrases.js';

/** What each class means, in a sentence that goes on after a colon. */
export const MEANING: Readonly<Record<VerdictAnswer['verdict'], string>> = {
  leaking: 'more and more of the heap is retained, and it does not slow down',
  growing: 'more and more memory is retained; a leak and a cache that fills cannot be told apart yet',
  'native-growth': 'memory outside the JavaScript heap (Buffers, addons) grows, and it does not slow down',
  filling: 'growth slows down, as that of a bounded cache or a warm-up on its way to its plateau',
  'load-following': 'what is live moves with the work in hand, and goes with it',
  churning: 'much is allocated and thrown away, and collecting it takes much of the time; nothing stays',
  fragmented: 'the process holds far more memory than is live, and what is live does not grow',
  stable: 'what stays after a garbage collection does not grow',
  'insufficient-data': 'not enough has been seen to say',
};

const SITES = 3;
const RESOURCES = 3;
const FRAMES = 8;

/** The diagnosis in words, the verdict first, then what proves it, then the commands to look further. */
export function verdictText(answer: VerdictAnswer): string {
  const { suspects, lacks, ruledOut, next } = answer;
  const [route, ...otherRoutes] = suspects?.routes ?? [];
  const sites = suspects?.sites ?? [];
  const lines = [
    ...labelled('verdict', verdictWords(answer)),
    ...labelledIf('because', answer.because),
    ...labelledIf('missing', missingWords(answer)),
    ...labelledIf('growth', growthWords(answer)),
    ...labelledIf('route', route && routeWords(route)),
    ...sites.slice(0, SITES).flatMap((site) => labelled('line', siteWords(site))),
    ...(suspects?.holders ?? []).flatMap((holder) => labelled('holder', holderWords(holder))),
    ...(suspects?.resources ?? [])
      .slice(0, RESOURCES)
      .flatMap((one) => labelled(one.kind, resourceWords(one))),
    ...labelledIf('exhaustion', exhaustionWords(answer)),
    ...labelledIf('undecided', answer.decidedAt && `to be decided at ${answer.decidedAt}`),
    ...labelledIf('seen', seenWords(answer)),
    ...otherRoutes.flatMap((other) => labelled('also', routeWords(other))),
    ...(lacks ?? []).flatMap(({ because }) => labelled('lacks', because)),
    ...ruledOut.flatMap(({ verdict, because }) => labelled('not', `${verdict}: ${because}`)),
    ...stackLines(sites[0]),
    ...nextLines(next),
  ];
  return `${lines.join('\n')}\n`;
}

function labelledIf(label: string, text: string | undefined): string[] {
  return text === undefined ? [] : labelled(label, text);
}

function verdictWords({ verdict, confidence }: VerdictAnswer): string {
  const sure = confidence === undefined ? '' : `, with a confidence of ${percent(confidence)}`;
  return `${verdict}${sure}: ${MEANING[verdict]}`;
}

function missingWords({ missing, readyInSeconds }: VerdictAnswer): string | undefined {
  if (missing === undefined) return undefined;
  const ready = readyInSeconds === undefined ? '' : `; ready in about ${formatSeconds(readyInSeconds)}`;
  return `${missing.join('; ')}${ready}`;
}

function growthWords({ growth }: VerdictAnswer): string | undefined {
  if (growth === undefined) return undefined;
  const perSecond = `${interval(growth.bytesPerSecond)} a second`;
  const { bytesPerRequest } = growth;
  return bytesPerRequest === undefined
    ? perSecond
    : `${perSecond}, ${interval(bytesPerRequest)} a request over all routes`;
}

function routeWords({ route, bytesPerRequest, share, collinearWith }: RouteSuspectView): string {
  const alike = collinearWith.length === 0 ? '' : `; cannot be told apart from ${collinearWith.join(', ')}`;
  return `${route} keeps ${interval(bytesPerRequest)} a request, ${percent(share)} of what was linked to routes${alike}`;
}

function siteWords(site: SiteView): string {
  const named = site.file === '' ? '' : ` in ${site.function}`;
  return `${place(site)}${named} grew by ${interval(site.growthBytes)}, ${percent(site.share)} of the growth`;
}

function holderWords({ path, retainedGrowthBytes, entries, agreesWithSites }: HolderView): string {
  const grown = entries === undefined ? '' : `, ${entries.before} → ${entries.after} entries`;
  const agrees = agreesWithSites ? '; in a file of the lines above' : '';
  return `${path} gained ${formatBytes(retainedGrowthBytes)}${grown}${agrees}`;
}

function resourceWords({ name, size, growthPerSecond }: ResourceSuspect): string {
  return `${name} has ${size}, and ${growthPerSecond.toFixed(2)} more each second`;
}

function exhaustionWords({ exhaustion, limit }: VerdictAnswer): string | undefined {
  if (exhaustion === undefined) return undefined;
  const at = exhaustion.at === undefined ? '' : `, at ${exhaustion.at}`;
  const met = limit === undefined ? '' : `, at the limit of ${formatBytes(limit.bytes)} (${limit.source})`;
  return `in ${interval(exhaustion.inSeconds, formatSeconds)}${at}${met}`;
}

function seenWords({ window, signal }: VerdictAnswer): string | undefined {
  if (window === undefined) return undefined;
  const seconds = (Date.parse(window.to) - Date.parse(window.from)) / 1000;
  const judged = signal === undefined ? '' : `, judged on ${signal}`;
  return `${formatSeconds(seconds)}, ${window.majorGcs} major GCs, ${window.requests} requests${judged}`;
}

function stackLines(site: SiteView | undefined): string[] {
  if (site === undefined || site.stack.length === 0) return [];
  const more = site.stack.length - FRAMES;
  return [
    '',
    'stack of the first line, the allocating function first',
    ...site.stack.slice(0, FRAMES).map((frame) => `  ${frame}`),
    ...(more > 0 ? [`  and ${more} more in the JSON`] : []),
  ];
}
