import type { Core } from '../../runtime/core.js';
import type { HistoryResult } from '../../history/history.js';
import { nextSteps } from '../available-steps.js';
import type { CurlTarget } from '../curl-step.js';
import { withText } from '../render/old-values.js';
import { historyText, type HistoryFacts } from './text.js';

const iso = (ms: number): string => new Date(ms).toISOString();

export function historyView(core: Core, result: HistoryResult, target: CurlTarget): HistoryFacts {
  const answer: HistoryFacts = {
    ...result,
    from: iso(result.from),
    to: iso(result.to),
    times: result.times.map(iso),
    next: nextSteps(core, ['verdict', 'stats', 'routes'], target),
  };
  return withText(answer, () => historyText(answer));
}
