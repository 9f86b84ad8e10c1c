import fastifyMetrics from 'fastify-metrics';
import { register } from 'prom-client';
import { histogramCount } from './histogram-count.js';

/** As installed: default metrics, a histogram and a summary. @type {import('./case.js').Case} */
export const metricsPlugin = {
  name: 'fastify-metrics',
  title: 'fastify-metrics',
  async register(app) {
    await app.register(fastifyMetrics.default);
    return () => histogramCount(register, 'http_request_duration_seconds');
  },
};
