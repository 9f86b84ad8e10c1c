/**
 * @typedef {object} Case
 * @property {string} name
 * @property {string} title
 * @property {(app: import('fastify').FastifyInstance, settings: Settings) => Promise<unknown>} register Imports and
 *   registers it.
 * @typedef {{ entry: string, stateDirectory: string }} Settings Of Tidemark: the URL of its entry.
 */

/** @type {readonly [bare: Case, tidemark: Case, ...peers: Case[]]} */
export const cases = [
  { name: 'bare', title: 'bare Fastify', register: async () => {} },
  {
    name: 'tidemark',
    title: 'Tidemark, defaults in production',
    async register(app, { entry, stateDirectory }) {
      const { tidemark } = await import(entry);
      await app.register(tidemark, { stateDirectory });
    },
  },
  {
    name: 'fastify-metrics',
    title: 'fastify-metrics',
    async register(app) {
      const { default: metrics } = await import('fastify-metrics');
      await app.register(metrics.default);
    },
  },
  {
    name: 'otel',
    title: '@fastify/otel, without an SDK',
    async register(app) {
      const { FastifyOtelInstrumentation } = await import('@fastify/otel');
      await app.register(new FastifyOtelInstrumentation().plugin());
    },
  },
];
