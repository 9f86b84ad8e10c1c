import { labelled, type Family } from './family.js';
import { labelsOf } from './labels.js';
import type { MetricsSource } from './source.js';

/** The classes that the application tracks. */
export function instanceMetrics(source: MetricsSource): Family[] {
  return [
    labelled(
      'memory_tracked_instances',
      'Live instances of the classes that the application tracks, garbage not yet collected included.',
      () => [...source.instances.live()].map(([name, live]) => [labelsOf({ class: name }), live]),
    ),
  ];
}
