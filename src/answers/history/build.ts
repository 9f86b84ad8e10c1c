import type { HistoryResult } from '../../history/history.js';
import { iso } from '../common.js';
import { nextSteps, type StepSource } from '../next-step.js';
import type { HistoryAnswer } from './schema.js';

export function buildHistory(source: StepSource, result: HistoryResult): HistoryAnswer {
  return {
    ...result,
    from: iso(result.from),
    to: iso(result.to),
    times: result.times.map(iso),
    next: nextSteps(source, ['verdict', 'stats', 'routes']),
  };
}
