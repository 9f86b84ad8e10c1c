import { percent } from '../../render/phrases.js';
import { formatSeconds } from '../../render/units.js';
import { gcShareOf } from '../../report/recent.js';
import type { SuggestionRule } from '../facts.js';

const LONG_MS = 100;

/** A busy event loop delays everything, probes and expensive diagnostics included. */
export const eventLoop: SuggestionRule = ({ sample, recent, options }) => {
  const { eventLoop: loop } = sample;
  if (loop === undefined) return [];
  // One slow second is no pattern: the median of the last minutes is, if there is a history.
  const delayMs = recent?.eventLoopDelayP99Ms ?? loop.delayP99Ms;
  const overloaded = loop.utilization >= options.cost.maxEventLoopUtilization;
  if (delayMs < LONG_MS && !overloaded) return [];
  const share = gcShareOf(recent);
  const gc = share === undefined ? '' : `; garbage collection takes ${percent(share)} of the time`;
  return [
    {
      severity: 'warning',
      title: 'Free the event loop',
      evidence: `delay p99 ${formatSeconds(delayMs / 1000)}, utilization ${percent(loop.utilization)}${gc}`,
      action:
        'Move long synchronous work (large JSON, crypto, compression, rendering) to worker threads or into pieces, or add processes.',
    },
  ];
};
