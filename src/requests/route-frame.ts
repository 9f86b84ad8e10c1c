import { createOwnFrame, type OwnFrame } from './own-frame.js';

const URL_PREFIX = 'tidemark:route/';

/**
 * A function whose script is named after the route's row, so that every sampled stack that passes through it names the
 * route: a factory that gives one handler to many routes would otherwise make them one. V8 takes the frame's URL from the
 * script, hence one tiny script a route.
 */
export function createRouteFrame(route: number): OwnFrame {
  return createOwnFrame(`${URL_PREFIX}${route}`);
}

/** The row of the route whose frame this is, or undefined for any other frame. */
export function routeOfFrame(url: string): number | undefined {
  if (!url.startsWith(URL_PREFIX)) return undefined;
  const row = url.slice(URL_PREFIX.length);
  return /^\d+$/.test(row) ? Number(row) : undefined;
}
