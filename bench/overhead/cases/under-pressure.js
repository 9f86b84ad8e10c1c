import underPressurePlugin from '@fastify/under-pressure';

/** With the four limits of its README, set too high to be reached. @type {import('./case.js').Case} */
export const underPressure = {
  name: 'under-pressure',
  title: '@fastify/under-pressure',
  async register(app) {
    await app.register(underPressurePlugin, {
      maxEventLoopDelay: 60_000,
      maxHeapUsedBytes: 64 * 2 ** 30,
      maxRssBytes: 64 * 2 ** 30,
      maxEventLoopUtilization: 1.01,
    });
    return async () => null;
  },
};
