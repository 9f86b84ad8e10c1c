import { bare } from './bare.js';
import { metricsPlugin } from './fastify-metrics.js';
import { memoryUsage } from './memory-usage.js';
import { promHistogram } from './prom-histogram.js';
import { tidemarkCases } from './tidemark.js';
import { underPressure } from './under-pressure.js';

/** In the order of the report; the first is the baseline for all others. */
export const cases = [bare, ...tidemarkCases, underPressure, promHistogram, metricsPlugin, memoryUsage];
