import { percent } from '../../render/phrases.js';
import { formatBytes } from '../../render/units.js';
import type { SuggestionRule } from '../facts.js';

/** Live memory, measured just after a major GC, fills the limit: garbage cannot be the reason. */
export const nearLimit: SuggestionRule = ({ sample, gc, options }) => {
  const { heap, limit } = sample;
  if (heap === undefined || limit === undefined || limit.bytes <= 0) return [];
  const liveBytes = Math.min(heap.usedBytes, gc.lastMajor?.after.usedBytes ?? heap.usedBytes);
  const ratio = liveBytes / limit.bytes;
  if (ratio < options.health.warningRatio) return [];
  return [
    {
      severity: ratio >= options.health.criticalRatio ? 'critical' : 'warning',
      title: 'Make room: what is live nearly fills the limit',
      evidence: `${formatBytes(liveBytes)} live of ${formatBytes(limit.bytes)} (${limit.source}), ${percent(ratio)}`,
      action:
        limit.source === 'heap_size_limit'
          ? 'Raise --max-old-space-size, keep less, or spread the load over more processes.'
          : 'Give the container more memory, keep less, or spread the load over more processes.',
      impactBytes: Math.max(0, Math.round(liveBytes - options.health.warningRatio * limit.bytes)),
    },
  ];
};
