import { wrapInOwnFrame } from '../profile/own-frame.js';

const URL_PREFIX = 'tidemark:route/';

/**
 * Wraps a handler in a function of its own whose script is named after the route's row, so that every sampled
 * stack that passes through the handler names its route: a factory that gives one function to many routes would
 * otherwise make them one. V8 takes the frame's URL from the script, hence one tiny script a route.
 */
export function withRouteFrame<T>(handler: T, route: number): T {
  return wrapInOwnFrame(handler, `${URL_PREFIX}${route}`);
}

/** The row of the route whose frame this is, or undefined for any other frame. */
export function routeOfFrame(url: string): number | undefined {
  if (!url.startsWith(URL_PREFIX)) return undefined;
  const row = url.slice(URL_PREFIX.length);
  return /^\d+$/.test(row) ? Number(row) : undefined;
}
