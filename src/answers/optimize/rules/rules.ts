import type { OptimizeFacts, SuggestionRule } from '../facts.js';
import type { Suggestion } from '../schema.js';
import { churn } from './churn.js';
import { contexts } from './contexts.js';
import { descriptors } from './descriptors.js';
import { eventLoop } from './event-loop.js';
import { external } from './external.js';
import { heapLimit } from './heap-limit.js';
import { leak } from './leak.js';
import { majorCollections } from './major-collections.js';
import { nativeRemainder } from './native-remainder.js';
import { nearLimit } from './near-limit.js';
import { serverErrors } from './server-errors.js';
import { settings } from './settings.js';
import { youngGeneration } from './young-generation.js';

/** Decides the order of equal suggestions. */
const suggestionRules: readonly SuggestionRule[] = [
  leak,
  nearLimit,
  heapLimit,
  majorCollections,
  youngGeneration,
  churn,
  external,
  nativeRemainder,
  contexts,
  eventLoop,
  descriptors,
  serverErrors,
  settings,
];

const ORDER: readonly Suggestion['severity'][] = ['critical', 'warning', 'info'];

/** All suggestions, most severe first; among equals, the largest impact first. */
export function suggest(facts: OptimizeFacts): readonly Suggestion[] {
  return suggestionRules
    .flatMap((rule) => rule(facts))
    .toSorted(
      (a, b) =>
        ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity) || (b.impactBytes ?? 0) - (a.impactBytes ?? 0),
    );
}
