import type { ErrorDetail } from '../base/errors.js';
import { parseDurationMs } from './duration.js';

/** How often one client may call one export-style route. */
export interface ExportRule {
  readonly max: number;
  readonly timeWindowMs: number;
}

/** `config.export` of a route. */
export type ExportRouteConfig =
  | boolean
  | {
      /** Requests of one client in one window, at least 1. */
      readonly max?: number;
      /** Milliseconds, or a text such as `'1 minute'`; at most a day. */
      readonly timeWindow?: number | string;
    };

export type ExportRuleResult =
  | { readonly asked: false }
  | { readonly asked: true; readonly rule: ExportRule }
  | { readonly asked: true; readonly problems: readonly ErrorDetail[] };

const dayMs = 86_400_000;
const knownKeys = new Set(['max', 'timeWindow']);
const windowExpected = 'milliseconds, or a text such as "1 minute"; at most one day';

function isSettings(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function windowMsOf(value: unknown): number | undefined {
  const milliseconds = typeof value === 'string' ? parseDurationMs(value) : value;
  if (typeof milliseconds !== 'number') return undefined;
  return milliseconds >= 1 && milliseconds <= dayMs ? Math.trunc(milliseconds) : undefined;
}

/**
 * Reads what a route asks for; every fault is named, none turns into a default.
 * @param path how the faults name the place, such as `GET /orders/export config.export`
 */
export function parseExportRule(value: unknown, defaults: ExportRule, path: string): ExportRuleResult {
  if (value === undefined || value === false) return { asked: false };
  if (value === true) return { asked: true, rule: defaults };
  if (!isSettings(value)) {
    const problem = {
      path,
      message: 'is not an export guard',
      value,
      expected: 'true or { max, timeWindow }',
    };
    return { asked: true, problems: [problem] };
  }

  const problems: ErrorDetail[] = [];
  for (const key of Object.keys(value)) {
    if (knownKeys.has(key)) continue;
    problems.push({ path: `${path}.${key}`, message: 'is not known', expected: 'max, timeWindow' });
  }
  const { max = defaults.max, timeWindow = defaults.timeWindowMs } = value;
  if (typeof max !== 'number' || !Number.isSafeInteger(max) || max < 1) {
    const expected = 'a whole number, at least 1';
    problems.push({ path: `${path}.max`, message: `must be ${expected}`, value: max, expected });
  }
  const timeWindowMs = windowMsOf(timeWindow);
  if (timeWindowMs === undefined) {
    problems.push({
      path: `${path}.timeWindow`,
      message: `must be ${windowExpected}`,
      value: timeWindow,
      expected: windowExpected,
    });
  }
  if (problems.length > 0 || typeof max !== 'number' || timeWindowMs === undefined) {
    return { asked: true, problems };
  }
  return { asked: true, rule: { max, timeWindowMs } };
}
