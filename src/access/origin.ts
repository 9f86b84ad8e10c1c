import { hostOf } from './host.js';
import type { RequestHeaders } from './peer.js';

export interface OriginCheck {
  readonly method: string;
  readonly headers: RequestHeaders;
  /** Treat the request as a change, whatever its method (a GET that costs a pause). */
  readonly changesState?: boolean;
  /** Also refuse cross-site reads: for callers identified only by their address. */
  readonly guardReads?: boolean;
}

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

function originUrl(origin: string): URL | undefined {
  return URL.canParse(origin) ? new URL(origin) : undefined;
}

/** The host in the form of the origin's scheme, so that default ports compare equal. */
function servedUrl(origin: URL, host: string | undefined): URL | undefined {
  return host === undefined ? undefined : originUrl(`${origin.protocol}//${host}`);
}

/**
 * Whether a browser sent this on behalf of another site. Changes follow the algorithm of Go's
 * `http.CrossOriginProtection`: `Sec-Fetch-Site` must be `same-origin` or `none`; without it `Origin` must be the
 * requested host; without both it is not a browser. Reads are refused only with `guardReads`, and a page on another
 * port of the same host may make them.
 */
export function isCrossSite(check: OriginCheck): boolean {
  const { headers } = check;
  const changes = check.changesState === true || !safeMethods.has(check.method);
  if (!changes && check.guardReads !== true) return false;

  const site = headers['sec-fetch-site'];
  if (site !== undefined) {
    return changes ? site !== 'same-origin' && site !== 'none' : site.includes('cross-site');
  }
  const { origin } = headers;
  if (origin === undefined) return false;
  const from = typeof origin === 'string' ? originUrl(origin) : undefined;
  const served = from && servedUrl(from, hostOf(headers));
  if (from === undefined || served === undefined) return true;
  return changes ? from.host !== served.host : from.hostname !== served.hostname;
}
