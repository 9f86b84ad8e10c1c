import { LEAST_SAMPLES } from '../../verdict/attribution/window-evidence.js';
import { interval, place } from '../render/phrases.js';
import type { RetentionFindings } from './schema.js';

export interface HeadlineFacts extends Pick<RetentionFindings, 'requests' | 'routes' | 'outside'> {
  /** How many there were. */
  readonly windows: number;
}

const NAMED = new Set(['application', 'package']);
/** Fewer requests cannot show repeated retention. */
export const ENOUGH_REQUESTS = 3;
/** With fewer requests, memory that the newest ones still hold distorts the estimate. */
const SURE_REQUESTS = 10;

type Route = RetentionFindings['routes'][number];

/** The route that leaves most bytes per request, by more than chance; routes with enough followed requests come first. */
export function leadingRoute(routes: readonly Route[]): Route | undefined {
  const candidates = routes.filter(({ samples }) => samples >= LEAST_SAMPLES);
  return candidates.find(isSure) ?? candidates[0];
}

export function isSure({ requests }: Route): boolean {
  return requests >= SURE_REQUESTS;
}

/** One sentence for someone on call: the route that retains most per request, how much, and where it was allocated. */
export function retentionHeadline({ windows, requests, routes, outside }: HeadlineFacts): string {
  if (windows === 0)
    return 'No retention window has been opened yet, so it is not known what requests leave behind.';
  const route = leadingRoute(routes);
  if (route !== undefined) return `${routeWords(route)}.`;
  // Node itself always keeps something outside requests (socket buffers, timers), so that is no headline.
  const elsewhere = outside.find(({ kind, samples }) => NAMED.has(kind) && samples >= LEAST_SAMPLES);
  if (elsewhere !== undefined) {
    const where = `${place(elsewhere)}${inFunction(elsewhere)}`;
    return `No route repeatedly leaves memory behind, but work outside requests retains ${interval(elsewhere.bytesPerSecond)} a second, allocated at ${where}.`;
  }
  if (requests === 0) return 'No request arrived while the window was open, so no route can be assessed.';
  if (routes.every((one) => one.requests < ENOUGH_REQUESTS))
    return `Too few requests were followed to tell what they retain: ${requests} in total.`;
  const of = routes.length === 1 ? 'the one route' : `the ${routes.length} routes`;
  return `Nothing is retained: the ${requests} requests of ${of} left no memory behind repeatedly.`;
}

function routeWords(found: Route): string {
  const { route, requests, bytesPerRequest, sites } = found;
  const [site] = sites;
  const where = site === undefined ? '' : `, most of it allocated at ${place(site)}${inFunction(site)}`;
  const keeps = `${interval(bytesPerRequest)} a request${where}`;
  return isSure(found)
    ? `${route} keeps ${keeps}`
    : `${route} may keep ${keeps}; only ${requests} of its requests were followed, which is too few to be sure`;
}

function inFunction({ file, function: name }: { readonly file: string; readonly function: string }): string {
  return file === '' || name === '(anonymous)' ? '' : ` in ${name}`;
}
