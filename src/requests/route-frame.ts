import { createOwnFrame, type OwnFrame } from './own-frame.js';

const URL_PREFIX = 'tidemark:route/';

/**
 * A function whose script is named after the route's row, so that every sampled stack through it names the route, even
 * if a factory gives one handler to many routes. V8 takes a frame's URL from its script, hence one small script per
 * route.
 */
export function createRouteFrame(row: number): OwnFrame {
  return createOwnFrame(`${URL_PREFIX}${row}`);
}

/** The row of the route whose frame this is, or undefined for any other frame. */
export function rowOfFrame(url: string): number | undefined {
  if (!url.startsWith(URL_PREFIX)) return undefined;
  const row = url.slice(URL_PREFIX.length);
  return /^\d+$/.test(row) ? Number(row) : undefined;
}
