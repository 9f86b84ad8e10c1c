import type { EventLoopReading } from '../measure/reading.js';
import { single, type Family } from './family.js';
import type { MetricsSource } from './source.js';

/**
 * Delays in the sampler's last interval. prom-client's are those since the previous scrape, by any scraper, so that two
 * scrapers disturb each other; and its plain lag is one measurement made at the previous scrape.
 */
export function eventLoopMetrics(source: MetricsSource): Family[] {
  const metric = (
    name: string,
    help: string,
    readMs: (reading: EventLoopReading) => number | undefined,
    aggregator: 'average' | 'min' | 'max' = 'average',
  ): Family =>
    single(
      `nodejs_eventloop_lag_${name}seconds`,
      help,
      () => {
        const { eventLoop } = source.latest();
        const ms = eventLoop && readMs(eventLoop);
        return ms === undefined ? undefined : ms / 1000;
      },
      { aggregator },
    );
  return [
    metric(
      '',
      'Lag of event loop in seconds: mean delay less the period of the timer that measures it.',
      lagMs,
    ),
    metric('min_', 'The minimum recorded event loop delay.', (reading) => reading.delayMinMs, 'min'),
    metric('max_', 'The maximum recorded event loop delay.', (reading) => reading.delayMaxMs, 'max'),
    metric('mean_', 'The mean of the recorded event loop delays.', (reading) => reading.delayMeanMs),
    metric(
      'stddev_',
      'The standard deviation of the recorded event loop delays.',
      (reading) => reading.delayStddevMs,
    ),
    metric('p50_', 'The 50th percentile of the recorded event loop delays.', (reading) => reading.delayP50Ms),
    metric('p90_', 'The 90th percentile of the recorded event loop delays.', (reading) => reading.delayP90Ms),
    metric('p99_', 'The 99th percentile of the recorded event loop delays.', (reading) => reading.delayP99Ms),
  ];
}

function lagMs({ delayMeanMs, resolutionMs }: EventLoopReading): number | undefined {
  return resolutionMs === undefined ? undefined : Math.max(0, delayMeanMs - resolutionMs);
}
