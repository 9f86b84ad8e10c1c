import type { VerdictAnswer } from '../verdict/schema.js';
import { nextSteps, type StepSource } from '../next-step.js';
import { optimizeFacts, type OptimizeSource } from './facts.js';
import { suggest } from './rules/rules.js';
import type { OptimizeAnswer } from './schema.js';

/** Suggestions from known facts: answering measures nothing. */
export function buildOptimize(
  source: OptimizeSource & StepSource,
  verdict: VerdictAnswer | undefined,
): OptimizeAnswer {
  const suggestions = suggest(optimizeFacts(source, verdict));
  return {
    at: new Date(source.clock.wall()).toISOString(),
    summary: summaryOf(suggestions.length, verdict?.verdict),
    ...(verdict && { verdict: verdict.verdict }),
    suggestions,
    next: nextSteps(source, ['report', 'verdict', 'stats', 'routes']),
  };
}

function summaryOf(count: number, verdict: string | undefined): string {
  if (count > 0) return count === 1 ? 'one thing is worth changing' : `${count} things are worth changing`;
  return verdict === 'insufficient-data'
    ? 'nothing measured so far is worth changing, but too little has been seen to judge growth'
    : 'nothing measured is worth changing';
}
