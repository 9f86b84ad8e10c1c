import { exhaustion, isRising, VERDICT_NAMES, type Judgement } from '../verdict/verdict.js';
import { labelled, single, type Family } from './family.js';
import { labelsOf } from './labels.js';
import type { MetricsSource } from './source.js';

/** Memory of the process and what the verdict says of it, from the newest sample. */
export function memoryMetrics(source: MetricsSource): Family[] {
  const heap = () => source.latest().heap;
  return [
    single(
      'memory_heap_used_bytes',
      'Used heap, garbage not yet collected included.',
      () => heap()?.usedBytes,
    ),
    single(
      'memory_heap_percentage',
      'Used heap as a percentage, 0 to 100, of the effective limit.',
      () => percentageOf(source),
      { aggregator: 'max' },
    ),
    labelled('memory_limit_bytes', 'What the heap can really grow to, and what sets this limit.', () => {
      const { limit } = source.latest();
      return limit === undefined ? [] : [[labelsOf({ source: limit.source }), limit.bytes]];
    }),
    single(
      'memory_heap_floor_bytes',
      'Live heap just after the newest major garbage collection.',
      () => source.detector?.points.at(-1)?.heapBytes,
    ),
    single(
      'memory_external_bytes',
      'Memory outside of the heap that objects on it hold, such as Buffers.',
      () => heap()?.externalBytes,
    ),
    single('memory_rss_bytes', 'Resident memory of the process.', () => source.latest().rssBytes),
    ...verdictMetrics(source),
  ];
}

/** The classes that the application tracks. */
export function instanceMetric(source: MetricsSource): Family {
  return labelled(
    'memory_tracked_instances',
    'Live instances of the classes that the application tracks, garbage not yet collected included.',
    () => [...source.instances.live()].map(([name, live]) => [labelsOf({ class: name }), live]),
  );
}

function percentageOf(source: MetricsSource): number | undefined {
  const { heap, limit } = source.latest();
  return heap && limit && (heap.usedBytes / limit.bytes) * 100;
}

function verdictMetrics(source: MetricsSource): Family[] {
  const names = VERDICT_NAMES.map((name) => ({ name, labels: labelsOf({ verdict: name }) }));
  return [
    single(
      'memory_growth_bytes_per_second',
      'Growth of what stays after garbage collection; absent until there is enough to judge by.',
      () => growthOf(source.judgement()),
    ),
    single(
      'memory_exhaustion_seconds',
      'Time until the growth meets the limit; absent when there is no end in sight.',
      () => secondsLeft(source),
      { aggregator: 'min' },
    ),
    labelled(
      'memory_leak_verdict',
      '1 for the verdict that holds now, 0 for the others.',
      () => {
        const judgement = source.judgement();
        if (judgement === undefined) return [];
        return names.map(({ name, labels }) => [labels, judgement.verdict === name ? 1 : 0]);
      },
      { aggregator: 'max' },
    ),
  ];
}

function growthOf(judgement: Judgement | undefined): number | undefined {
  return judgement && 'growth' in judgement ? judgement.growth.bytesPerSecond.value : undefined;
}

/** As in `/memory/leak-detection`: from the newest floor, and only if the heap grows. */
function secondsLeft(source: MetricsSource): number | undefined {
  const judgement = source.judgement();
  if (judgement === undefined || !isRising(judgement) || judgement.signal !== 'heap-floor') return undefined;
  const { heap, limit } = source.latest();
  const usedBytes = source.detector?.points.at(-1)?.heapBytes ?? heap?.usedBytes;
  if (usedBytes === undefined || limit === undefined) return undefined;
  return exhaustion(usedBytes, judgement.growth.bytesPerSecond, limit, source.clock.wall())?.inSeconds.value;
}
