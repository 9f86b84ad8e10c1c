import type { SuggestionRule } from '../facts.js';
import type { Suggestion } from '../schema.js';

/** What is switched off, and what is therefore unknown. */
export const settings: SuggestionRule = ({ options, verdict, failures }) => {
  const found: Suggestion[] = [];
  const suggest = (
    title: string,
    evidence: string,
    action: string,
    severity: 'info' | 'warning' = 'info',
  ): void => void found.push({ severity, title, evidence, action });

  if (!options.verdict.enabled)
    suggest(
      'Switch the verdict on',
      'verdict.enabled is false: nobody looks for leaks',
      'Set verdict.enabled to true.',
    );
  else if (options.verdict.gcProbe === 'off' && verdict?.verdict === 'insufficient-data')
    suggest(
      'Let suspicion run a probe',
      `too few major collections to judge, and verdict.gcProbe is off: ${verdict.missing?.join('; ') ?? 'no floor'}`,
      "Set verdict.gcProbe to 'suspicion' (it takes at most verdict.gcProbeShare of the time), or pay one GC now with /memory/leak-detection?gc=1.",
      'warning',
    );
  if (!options.profile.enabled)
    suggest(
      'Switch the live-allocation profile on',
      'profile.enabled is false: a leak has neither a line nor a route',
      'Set profile.enabled to true.',
      verdict?.suspects === undefined ? 'info' : 'warning',
    );
  if (!options.requests.enabled)
    suggest(
      'Record requests',
      'requests.enabled is false: growth has no route and no figure a request',
      'Set requests.enabled to true.',
    );
  if (!options.history.enabled)
    suggest(
      'Keep the history',
      'history.enabled is false: no chart, no correlation with load, no recent GC time',
      'Set history.enabled to true (about 4 MB).',
    );
  else if (options.history.intervalSeconds > 10)
    suggest(
      'Sample more often',
      `history.intervalSeconds is ${options.history.intervalSeconds}: short peaks are not seen`,
      'Set history.intervalSeconds to 1.',
    );
  if (!options.metrics.enabled)
    suggest(
      'Serve metrics',
      'metrics.enabled is false: nothing can alert on growth',
      'Set metrics.enabled to true.',
    );
  const failed = Object.entries(failures).filter(([, count]) => count > 0);
  if (failed.length > 0)
    suggest(
      'Look into what could not be read',
      failed.map(([part, count]) => `${part} failed ${count} times`).join('; '),
      'The log has the first error of each part.',
    );
  return found;
};
