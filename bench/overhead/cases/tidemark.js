/**
 * @typedef {{ hooksMs: number, pauseMs: number, ended: string }} Retention
 * @typedef {{ open: unknown, run(request: { onOpen(): void }): Promise<Retention> }} Windows
 * @typedef {{ recorder: { completed: number }, windows?: Windows }} Core
 * @typedef {import('fastify').FastifyInstance & { tidemarkParts: { core: Core } }} WithTidemark
 */

/**
 * @param {string} name
 * @param {string} title
 * @param {object} options
 * @param {string} [header]
 * @returns {import('./case.js').Case}
 */
function tidemarkCase(name, title, options, header) {
  return {
    name,
    title,
    ...(header !== undefined && { header }),
    async register(server, { plugin, stateDirectory }) {
      const app = /** @type {WithTidemark} */ (server);
      await app.register(plugin, /** @type {object} */ ({ stateDirectory, ...options }));
      return async () => app.tidemarkParts.core.recorder.completed;
    },
  };
}

const everything = { responseHeaders: 'always', requestProfiling: { probability: 0.01 } };

export const tidemarkCases = [
  tidemarkCase('tidemark', 'Tidemark, defaults in production', {}),
  tidemarkCase(
    'tidemark-headers',
    'Tidemark, headers for everybody',
    { responseHeaders: 'always' },
    'x-memory-delta-bytes',
  ),
  tidemarkCase('tidemark-everything', 'Tidemark, everything on', everything, 'x-memory-delta-bytes'),
  tidemarkCase('tidemark-no-headers', 'Tidemark, headers off', { responseHeaders: 'never' }),
  tidemarkCase('tidemark-no-profile', 'Tidemark, profile off', { profile: { enabled: false } }),
];
