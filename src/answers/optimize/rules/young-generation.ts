import { percent } from '../../render/phrases.js';
import { formatBytes } from '../../render/units.js';
import { gcShareOf } from '../../report/recent.js';
import type { SuggestionRule } from '../facts.js';

const MIB = 1024 * 1024;
/** V8's default on 64 bits; the flag is the size of one of two halves, in MiB. */
const DEFAULT_SEMI_SPACE_MIB = 16;
const GREATEST_MIB = 128;
const HIGH_GC_SHARE = 0.05;
const DOMINANT = 0.6;
const HIGH_PROMOTION = 0.2;
/** With fewer scavenges, shares say little. */
const LEAST_SCAVENGES = 50;
/** V8 keeps up to three times the flag for the young generation. */
const SPACES = 3;

/** A high GC time, mostly in scavenges: a larger young generation makes them rarer, and fewer objects survive them. */
export const youngGeneration: SuggestionRule = ({ sample, gc, recent, flags }) => {
  const { minor } = gc.kinds;
  const share = gcShareOf(recent);
  if (share === undefined || share < HIGH_GC_SHARE || minor.count < LEAST_SCAVENGES) return [];
  const scavenged = minor.pauseSeconds / gc.pauseSeconds;
  if (scavenged < DOMINANT) return [];
  const survived = gc.allocatedBytes > 0 ? Math.max(0, 1 - minor.reclaimedBytes / gc.allocatedBytes) : 0;
  const now = semiSpaceMib(flags);
  const wanted = Math.min(GREATEST_MIB, now * 4);
  const extraBytes = SPACES * (wanted - now) * MIB;
  const { limit, heap } = sample;
  const fits = limit === undefined || heap === undefined || heap.usedBytes + extraBytes < 0.8 * limit.bytes;
  if (wanted <= now || !fits) return [];
  return [
    {
      severity: survived >= HIGH_PROMOTION ? 'warning' : 'info',
      title: 'Give the young generation more room',
      evidence:
        `garbage collection takes ${percent(share)} of the time, ${percent(scavenged)} of its pauses are scavenges, ` +
        `which leave ${percent(survived)} of what was allocated; semi-space ${now} MiB`,
      action: `Start Node with --max-semi-space-size=${wanted}; it may cost up to ${formatBytes(extraBytes)} more.`,
    },
  ];
};

function semiSpaceMib(flags: readonly string[]): number {
  const values = flags.flatMap((flag) => {
    const match = /^--max[-_]semi[-_]space[-_]size=(\d+)$/.exec(flag);
    return match === null ? [] : [Number(match[1])];
  });
  return values.at(-1) || DEFAULT_SEMI_SPACE_MIB;
}
