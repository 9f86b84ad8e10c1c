import { Histogram, Registry } from 'prom-client';
import { histogramCount } from './histogram-count.js';

const NAME = 'http_request_duration_seconds';

/** The usual recipe: a timer from onRequest to onResponse. @type {import('./case.js').Case} */
export const promHistogram = {
  name: 'prom-histogram',
  title: 'prom-client histogram, three labels',
  async register(app) {
    const registry = new Registry();
    const histogram = new Histogram({
      name: NAME,
      help: 'Duration of HTTP requests',
      labelNames: ['method', 'route', 'status_code'],
      registers: [registry],
    });
    /** @type {WeakMap<object, ReturnType<typeof histogram.startTimer>>} */
    const timers = new WeakMap();
    app.addHook('onRequest', (request, _reply, done) => {
      timers.set(request, histogram.startTimer());
      done();
    });
    app.addHook('onResponse', (request, reply, done) => {
      timers.get(request)?.({
        method: request.method,
        route: request.routeOptions.url ?? '',
        status_code: reply.statusCode,
      });
      done();
    });
    return () => histogramCount(registry, NAME);
  },
};
