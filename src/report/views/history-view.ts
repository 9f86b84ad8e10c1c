import type { Core } from '../../core.js';
import type { HistoryResult } from '../../history/history.js';
import { steps, type CurlTarget } from '../next-step.js';

const iso = (ms: number): string => new Date(ms).toISOString();

export function historyView(core: Core, result: HistoryResult, target: CurlTarget): Record<string, unknown> {
  return {
    ...result,
    from: iso(result.from),
    to: iso(result.to),
    times: result.times.map(iso),
    next: steps(['verdict', 'stats', 'routes'], target, core.expectedCosts()),
  };
}
