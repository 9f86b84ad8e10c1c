import path from 'node:path';
import { pathToFileURL } from 'node:url';
import Fastify from 'fastify';
import { serveUntilStopped } from '../lib/serve.js';
import { cases } from './cases/all.js';
import { connectInMemory } from './memory-connections.js';
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

const state = () => ({ cpu: process.cpuUsage(), requests: completed(), ms: performance.now() });

const core = () =>
  /** @type {import('./cases/tidemark.js').WithTidemark} */ (/** @type {unknown} */ (app)).tidemarkParts.core;
const completed = () => core().recorder.completed;

/**
 * One retention window, while a load runs, and what the requests took that ended while it was open.
 * @returns {Promise<import('./scenarios/scenario.js').WindowRun | { refused: string }>}
 */
async function openWindow() {
  const { windows } = core();
  if (windows === undefined) return { refused: 'this build has no windows' };
  const called = state();
  let opened = called;
  let closed = called;
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  const onOpen = () => {
    opened = state();
    timer = setInterval(() => {
      closed = state();
      if (windows.open === undefined) clearInterval(timer);
    }, 5);
  };
  try {
    const { hooksMs, pauseMs, ended } = await windows.run({ onOpen });
    return {
      calledMs: performance.timeOrigin + called.ms,
      openedMs: performance.timeOrigin + opened.ms,
      closedMs: performance.timeOrigin + closed.ms,
      answeredMs: performance.timeOrigin + performance.now(),
      requests: closed.requests - opened.requests,
      userMicros: closed.cpu.user - opened.cpu.user,
      hooksMs,
      pauseMs,
      ended,
    };
  } catch (error) {
    return { refused: error instanceof Error ? error.message : String(error) };
  } finally {
    clearInterval(timer);
  }
}

/** @type {{ text: string, connections: ReturnType<typeof connectInMemory> } | undefined} */
let inMemory;

/** @param {{ text: string, requests: number, connections: number }} load */
async function serveInMemory({ text, requests, connections }) {
  if (inMemory?.text !== text) {
    inMemory?.connections.close();
    inMemory = { text, connections: connectInMemory(app.server, text, connections) };
  }
  const before = process.cpuUsage();
  await inMemory.connections.send(requests);
  const { user, system } = process.cpuUsage(before);
  return { cpuMicros: user + system };
}

await serveUntilStopped(app, counted, { window: openWindow, inMemory: serveInMemory });
