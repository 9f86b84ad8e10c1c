import type { NextStep } from '../common.js';
import { formatSeconds } from './units.js';

/** Why a step is worth it, and how long it pauses the server if it does. */
export function reasonOf({ why, cost: { pauseMs } }: NextStep): string {
  return pauseMs > 0 ? `${why} (pauses the server for about ${formatSeconds(pauseMs / 1000)})` : why;
}

/** The command line of a step; its method and path if the address is unknown. */
export function commandOf({ curl, method, path, query }: NextStep): string {
  if (curl !== undefined) return curl;
  const search = new URLSearchParams(query).toString();
  return `${method} ${path}${search === '' ? '' : `?${search}`}`;
}
