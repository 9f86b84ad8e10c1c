import type { SuggestionRule } from '../facts.js';

const MANY_CONTEXTS = 50;

/** `vm` contexts that something still holds. */
export const contexts: SuggestionRule = ({ sample: { heap } }) => {
  if (heap === undefined) return [];
  const { nativeContexts, detachedContexts } = heap;
  if (detachedContexts < 2 && nativeContexts < MANY_CONTEXTS) return [];
  return [
    {
      severity: 'warning',
      title: 'Reuse vm contexts, or let go of them',
      evidence: `${nativeContexts} contexts, ${detachedContexts} of them detached and still held`,
      action:
        'Create one context and run many scripts in it; drop references to values that came out of a context.',
    },
  ];
};
