import { percent } from '../../render/phrases.js';
import { formatBytes } from '../../render/units.js';
import { gcShareOf } from '../../report/recent.js';
import type { SuggestionRule } from '../facts.js';

const HIGH_GC_SHARE = 0.1;
const DOMINANT = 0.5;

/** A high GC time, mostly in major collections: the old generation has too little room for live objects. */
export const majorCollections: SuggestionRule = ({ sample, gc, recent }) => {
  const share = gcShareOf(recent);
  if (recent === undefined || share === undefined || share < HIGH_GC_SHARE) return [];
  const majors = gc.kinds.major.pauseSeconds + gc.kinds.incremental.pauseSeconds;
  if (recent.gcMajorCount < 3 || majors / gc.pauseSeconds < DOMINANT) return [];
  const { limit } = sample;
  const live = gc.lastMajor?.after.usedBytes;
  const sizes = [
    ...(live === undefined ? [] : [`${formatBytes(live)} live after the newest`]),
    ...(limit === undefined ? [] : [`limit ${formatBytes(limit.bytes)}`]),
  ];
  return [
    {
      severity: share >= 0.3 ? 'critical' : 'warning',
      title: 'Take work off the major collections',
      evidence:
        `garbage collection takes ${percent(share)} of the time, with ${recent.gcMajorCount} major collections ` +
        [`in ${Math.round(recent.seconds)} s`, ...sizes].join('; '),
      action:
        'Raise the heap limit if memory allows it, keep less alive, and keep large short-lived objects out of the old generation.',
    },
  ];
};
