import { TidemarkError, type ErrorDetail } from '../base/errors.js';
import type { HistoryQuery } from './history.js';

/** The query of a client, as text. */
export interface HistoryRequest {
  readonly from?: string;
  readonly to?: string;
  /** Seconds. */
  readonly step?: number;
  /** Names, separated by commas. */
  readonly series?: string;
}

const MAX_POINTS = 20_000;
const TIME_FORMS = 'ISO 8601, milliseconds since the epoch, or seconds before now as -600';

/**
 * Parses the text into a query, or reports all its problems.
 *
 * @throws TidemarkError TIDEMARK_ERR_INPUT_INVALID
 */
export function parseHistoryRequest(
  request: HistoryRequest,
  known: readonly string[],
  nowMs: number,
): HistoryQuery {
  const details: ErrorDetail[] = [];
  const time = (path: 'from' | 'to'): number | undefined => {
    const text = request[path];
    if (text === undefined) return undefined;
    const ms = parseTime(text, nowMs);
    if (ms === undefined)
      details.push({
        path: `querystring.${path}`,
        message: 'is not a time',
        value: text,
        expected: TIME_FORMS,
      });
    return ms;
  };
  const from = time('from');
  const to = time('to');
  if (from !== undefined && to !== undefined && from > to) {
    details.push({
      path: 'querystring.from',
      message: 'is after to',
      value: request.from,
      expected: `before ${request.to}`,
    });
  }
  const series = request.series?.split(',').map((name) => name.trim());
  for (const name of series ?? []) {
    if (known.includes(name)) continue;
    details.push({
      path: 'querystring.series',
      message: 'is not a series',
      value: name,
      expected: `one of: ${known.join(', ')}`,
    });
  }
  if (details.length > 0) throw new TidemarkError('TIDEMARK_ERR_INPUT_INVALID', { details });
  return {
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    ...(request.step !== undefined && { stepSeconds: request.step }),
    ...(series && { series }),
    maxPoints: MAX_POINTS,
  };
}

function parseTime(text: string, nowMs: number): number | undefined {
  if (/^-\d+(\.\d+)?$/.test(text)) return nowMs + Number(text) * 1000;
  const ms = /^\d+$/.test(text) ? Number(text) : Date.parse(text);
  return Number.isFinite(ms) ? ms : undefined;
}
