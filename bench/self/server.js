import path from 'node:path';
import { pathToFileURL } from 'node:url';
import Fastify from 'fastify';
import { serveUntilStopped } from '../lib/serve.js';

/** @type {{ tidemark: boolean, build: string, stateDirectory: string, routes: number }} */
const settings = JSON.parse(process.argv[2] ?? '{}');

// Loaded by both servers, so that the difference is the plugin's data without its code.
const { default: tidemark } = await import(
  pathToFileURL(path.resolve(settings.build, 'plugins/tidemark.js')).href
);

const app = Fastify();
if (settings.tidemark) {
  await app.register(tidemark, {
    stateDirectory: settings.stateDirectory,
    responseHeaders: 'always',
    requestProfiling: { probability: 0.01 },
  });
}
for (let route = 0; route < settings.routes; route += 1) {
  app.get(`/route-${route}/:id`, async () => ({ route }));
}
const { tidemark: registered } = /** @type {{ tidemark?: { core: { recorder: { completed: number } } } }} */ (
  /** @type {unknown} */ (app)
);
await serveUntilStopped(app, () => registered?.core.recorder.completed ?? null);
