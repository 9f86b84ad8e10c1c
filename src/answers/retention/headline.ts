import { LEAST_SAMPLES } from '../../verdict/attribution/window-evidence.js';
import { interval, place } from '../render/phrases.js';
import type { RetentionFindings } from './schema.js';

export interface HeadlineFacts extends Pick<RetentionFindings, 'requests' | 'routes' | 'outside'> {
  /** How many there were. */
  readonly windows: number;
}

const NAMED = new Set(['application', 'package']);
/** Fewer cannot leave anything again and again. */
export const ENOUGH_REQUESTS = 3;
/** Of fewer, what the newest ones still hold weighs too much to call it kept. */
const SURE_REQUESTS = 10;

type Route = RetentionFindings['routes'][number];

/** The route whose requests each leave most, by more than chance; rather one of which enough requests were followed. */
export function leadingRoute(routes: readonly Route[]): Route | undefined {
  const candidates = routes.filter(({ samples }) => samples >= LEAST_SAMPLES);
  return candidates.find(isSure) ?? candidates[0];
}

export function isSure({ requests }: Route): boolean {
  return requests >= SURE_REQUESTS;
}

/** The first sentence for someone just woken up: whose requests keep how much, and where it was allocated. */
export function retentionHeadline({ windows, requests, routes, outside }: HeadlineFacts): string {
  if (windows === 0)
    return 'No retention window was opened so far, so what requests leave behind is not known.';
  const route = leadingRoute(routes);
  if (route !== undefined) return `${routeWords(route)}.`;
  // What Node itself keeps outside requests (buffers of sockets, timers) is too common to be the first thing said.
  const elsewhere = outside.find(({ kind, samples }) => NAMED.has(kind) && samples >= LEAST_SAMPLES);
  if (elsewhere !== undefined) {
    const where = `${place(elsewhere)}${inFunction(elsewhere)}`;
    return `No request leaves anything that repeats, but ${interval(elsewhere.bytesPerSecond)} a second stay that were allocated outside requests, at ${where}.`;
  }
  if (requests === 0)
    return 'No request came while the window was open, so nothing can be said of any route.';
  if (routes.every((one) => one.requests < ENOUGH_REQUESTS))
    return `Too few requests were followed to say what stays of them: ${requests} in all.`;
  const of = routes.length === 1 ? 'the one route' : `the ${routes.length} routes`;
  return `Nothing stays: the ${requests} requests of ${of} left nothing that repeats.`;
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
