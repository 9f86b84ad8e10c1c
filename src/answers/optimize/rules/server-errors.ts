import { percent } from '../../render/phrases.js';
import type { SuggestionRule } from '../facts.js';

const LEAST_REQUESTS = 100;
const NOTABLE = 0.01;
const MANY = 0.05;

/** Error paths run rarely and are tested less: what they do not clean up stays. */
export const serverErrors: SuggestionRule = ({ completed, serverErrors: errors, routes }) => {
  if (completed < LEAST_REQUESTS || errors / completed < NOTABLE) return [];
  const worst = routes
    .map(({ route, statuses }) => ({ route, errors: statuses['5xx'] ?? 0 }))
    .toSorted((a, b) => b.errors - a.errors)[0];
  const named =
    worst === undefined || worst.errors === 0 ? '' : `; ${worst.errors} of them in ${worst.route}`;
  return [
    {
      severity: errors / completed >= MANY ? 'warning' : 'info',
      title: 'Look at the requests that fail',
      evidence: `${errors} of ${completed} requests (${percent(errors / completed)}) were answered with 5xx${named}`,
      action:
        'Fix the cause, and see that the error path releases what the request took: listeners, timers, streams, pooled connections.',
    },
  ];
};
