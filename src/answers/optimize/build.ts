import type { Core } from '../../runtime/core.js';
import { nextSteps } from '../available-steps.js';
import type { CurlTarget } from '../curl-step.js';
import { optimizeFacts } from './gather.js';
import { suggest } from './suggest.js';
import { withText } from '../render/old-values.js';
import { optimizeText, type OptimizeAnswer } from './text.js';
import { verdictView } from '../verdict/build.js';

/** What is worth changing, the gravest first, from what is there: answering measures nothing. */
export function optimizeView(core: Core, target: CurlTarget): OptimizeAnswer {
  const judgement = core.judgement();
  const suggestions = suggest(optimizeFacts(core, judgement && verdictView(core, judgement, target)));
  const answer: OptimizeAnswer = {
    at: new Date(core.clock.wall()).toISOString(),
    summary: summaryOf(suggestions.length, judgement?.verdict),
    ...(judgement && { verdict: judgement.verdict }),
    suggestions,
    next: nextSteps(core, ['report', 'verdict', 'stats', 'routes'], target),
  };
  return withText(answer, () => optimizeText(answer));
}

function summaryOf(count: number, verdict: string | undefined): string {
  if (count > 0) return count === 1 ? 'one thing is worth changing' : `${count} things are worth changing`;
  return verdict === 'insufficient-data'
    ? 'nothing measured so far is worth changing, but too little has been seen to judge growth'
    : 'nothing measured is worth changing';
}
