import { suggestionRules } from './rules/rules.js';
import type { OptimizeFacts, Severity, Suggestion } from './suggestion.js';

const ORDER: readonly Severity[] = ['critical', 'warning', 'info'];

/** What all rules say, the gravest first, among equals what concerns most memory. */
export function suggest(facts: OptimizeFacts): readonly Suggestion[] {
  return suggestionRules
    .flatMap((rule) => rule(facts))
    .toSorted(
      (a, b) =>
        ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity) || (b.impactBytes ?? 0) - (a.impactBytes ?? 0),
    );
}
