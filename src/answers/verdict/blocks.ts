import { fact, nextBlocks, section, type Block } from '../render/block.js';
import { firstOf, interval, percent, place } from '../render/phrases.js';
import { formatBytes, formatSeconds } from '../render/units.js';
import { retentionSection } from '../retention/blocks.js';
import type { Suspects, VerdictAnswer } from './schema.js';

type Verdict = Omit<VerdictAnswer, 'next'>;
type Route = Suspects['routes'][number];
type Site = Suspects['sites'][number];

/** What each class means, worded to follow a colon. */
const MEANING: Readonly<Record<VerdictAnswer['verdict'], string>> = {
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

const SITES = 5;
const RESOURCES = 3;
const FRAMES = 8;

/** The diagnosis in words, then the commands to look further. */
export function verdictBlocks(answer: VerdictAnswer): readonly Block[] {
  return [...findingBlocks(answer, 1), ...nextBlocks(answer.next)];
}

/** The verdict first, then its evidence, in the order an operator asks; stacks cut at this many lines. */
export function findingBlocks(answer: Verdict, stacks: number): readonly Block[] {
  const { suspects, limitations = [], ruledOut } = answer;
  const { sites = [], holders = [], resources = [] } = suspects ?? {};
  const [route, ...otherRoutes] = suspects?.routes ?? [];
  return [
    {
      kind: 'facts',
      rows: [
        ['verdict', verdictWords(answer)],
        ...fact('because', answer.because),
        ...fact('missing', missingWords(answer)),
        ...fact('growth', growthWords(answer)),
        ...fact('route', route && routeWords(route)),
        ...sites.slice(0, SITES).map((site) => ['line', siteWords(site)] as const),
        ...holders.map((holder) => ['holder', holderWords(holder)] as const),
        ...resources.slice(0, RESOURCES).map((one) => [one.kind, resourceWords(one)] as const),
        ...fact('exhaustion', exhaustionWords(answer)),
        ...fact('undecided', answer.decidedAt && `to be decided at ${answer.decidedAt}`),
        ...fact('seen', seenWords(answer)),
        ...otherRoutes.map((other) => ['also', routeWords(other)] as const),
        ...limitations.map(({ because }) => ['limitation', because] as const),
        ...ruledOut.map(({ verdict, because }) => ['not', `${verdict}: ${because}`] as const),
      ],
    },
    ...sites.slice(0, stacks).flatMap(stackBlocks),
    ...retentionSection(answer.retention),
  ];
}

function verdictWords({ verdict, confidence }: Verdict): string {
  const sure = confidence === undefined ? '' : `, with a confidence of ${percent(confidence)}`;
  return `${verdict}${sure}: ${MEANING[verdict]}`;
}

function missingWords({ missing, readyInSeconds }: Verdict): string | undefined {
  if (missing === undefined) return undefined;
  const ready = readyInSeconds === undefined ? '' : `; ready in about ${formatSeconds(readyInSeconds)}`;
  return `${missing.join('; ')}${ready}`;
}

function growthWords({ growth }: Verdict): string | undefined {
  if (growth === undefined) return undefined;
  const perSecond = `${interval(growth.bytesPerSecond)} a second`;
  const { bytesPerRequest } = growth;
  return bytesPerRequest === undefined
    ? perSecond
    : `${perSecond}, ${interval(bytesPerRequest)} a request over all routes`;
}

function routeWords({ route, bytesPerRequest, floorBytesPerRequest, share, collinearWith }: Route): string {
  const floor =
    floorBytesPerRequest === undefined ? '' : `; by the heap floor ${interval(floorBytesPerRequest)}`;
  const alike = collinearWith.length === 0 ? '' : `; cannot be told apart from ${collinearWith.join(', ')}`;
  return `${route} keeps ${interval(bytesPerRequest)} a request, ${percent(share)} of what was linked to routes${floor}${alike}`;
}

function siteWords(site: Site): string {
  const routes = site.routes.length === 0 ? '' : `, for ${firstOf(site.routes)}`;
  const named = site.file === '' ? '' : ` in ${site.function}`;
  const lives = site.survival === undefined ? '' : `; ${survivalWords(site.survival)}`;
  return `${place(site)}${named} grew by ${interval(site.growthBytes)}, ${percent(site.share)} of the growth${routes}${lives}`;
}

function survivalWords({ share, seconds }: NonNullable<Site['survival']>): string {
  return `${interval(share, percent)} of the samples it held ${formatSeconds(seconds)} earlier are still alive`;
}

function holderWords({
  path,
  retainedGrowthBytes,
  entries,
  agreesWithSites,
}: Suspects['holders'][number]): string {
  const grown = entries === undefined ? '' : `, ${entries.before} → ${entries.after} entries`;
  const agrees = agreesWithSites ? '; in a file of the lines above' : '';
  return `${path} gained ${formatBytes(retainedGrowthBytes)}${grown}${agrees}`;
}

function resourceWords({ name, size, growthPerSecond }: Suspects['resources'][number]): string {
  return `${name} has ${size}, and ${growthPerSecond.toFixed(2)} more each second`;
}

function exhaustionWords({ exhaustion, limit }: Verdict): string | undefined {
  if (exhaustion === undefined) return undefined;
  const at = exhaustion.at === undefined ? '' : `, at ${exhaustion.at}`;
  const met = limit === undefined ? '' : `, at the limit of ${formatBytes(limit.bytes)} (${limit.source})`;
  return `in ${interval(exhaustion.inSeconds, formatSeconds)}${at}${met}`;
}

function seenWords({ window, signal }: Verdict): string | undefined {
  if (window === undefined) return undefined;
  const seconds = (Date.parse(window.to) - Date.parse(window.from)) / 1000;
  const judged = signal === undefined ? '' : `, judged on ${signal}`;
  return `${formatSeconds(seconds)}, ${window.majorGcs} major GCs, ${window.requests} requests${judged}`;
}

function stackBlocks(site: Site): Block[] {
  if (site.stack.length === 0) return [];
  const more = site.stack.length - FRAMES;
  const lines = [...site.stack.slice(0, FRAMES), ...(more > 0 ? [`and ${more} more in the JSON`] : [])];
  return section(`stack of ${place(site)}, the allocating function first`, { kind: 'code', lines });
}
