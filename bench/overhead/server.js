import path from 'node:path';
import { pathToFileURL } from 'node:url';
import Fastify from 'fastify';
import { serveUntilStopped } from '../lib/serve.js';
import { cases } from './cases/all.js';
import { addRoutes } from './routes.js';

/** @type {{ name: string, build: string, stateDirectory: string }} */
const settings = JSON.parse(process.argv[2] ?? '{}');
const chosen = cases.find(({ name }) => name === settings.name);
if (chosen === undefined) throw new Error(`There is no case ${settings.name}`);

// Every server loads the modules of all cases and holds the same data, though it uses only one case: merely loading a
// module changed the JSON route by up to 10 % either way (through the placement of code and maps in memory), and V8
// gives a server of 10 MB a smaller young generation, which fits the processor's cache, than one of 30 MB.
const { default: plugin } = await import(
  pathToFileURL(path.resolve(settings.build, 'plugins/tidemark.js')).href
);
const data = Array.from({ length: 200_000 }, (_, i) => ({ id: i, name: `record ${i}`, ends: [i, i + 1] }));

const app = Fastify();
app.decorate('data', { getter: () => data });
const counted = await chosen.register(app, { plugin, stateDirectory: settings.stateDirectory });
addRoutes(app);
await serveUntilStopped(app, counted);
