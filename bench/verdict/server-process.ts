import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import Fastify from 'fastify';
import { tidemark } from '../../plugins/tidemark.js';
import { loadScenario } from './catalogue.js';
import type { FloorPoint } from '../../src/verdict/floors/floor-series.js';
import type { MemoryReading, Question, SavedPoint, Series, ServerSettings } from './server-messages.js';

/** Full collections needed until memory freed by weak callbacks is gone too. */
const COLLECTIONS = 4;
const HEAP_SAMPLE_MS = 1_000;

const settings = JSON.parse(process.argv[2] ?? '{}') as ServerSettings;
const scenario = await loadScenario(settings.family, settings.name);
const stateDirectory = await mkdtemp(path.join(os.tmpdir(), 'tidemark-corpus-'));
const app = Fastify({ forceCloseConnections: true });
if (settings.tidemark !== undefined) {
  await app.register(tidemark, { stateDirectory, verdict: settings.tidemark });
}
await scenario.build(app);
const origin = await app.listen({ host: '127.0.0.1', port: 0 });

const heapUsed: [number, number][] = [];
const sampling = setInterval(() => {
  heapUsed.push([Date.now(), process.memoryUsage().heapUsed]);
}, HEAP_SAMPLE_MS);

async function settledMemory(): Promise<MemoryReading> {
  if (globalThis.gc === undefined) throw new Error('the true figures need --expose-gc');
  for (let i = 0; i < COLLECTIONS; i += 1) {
    globalThis.gc();
    await delay(50);
  }
  const { rss, heapUsed, external } = process.memoryUsage();
  return { rssBytes: rss, heapBytes: heapUsed, externalBytes: external };
}

function saved({ routeCounts, ...point }: FloorPoint): SavedPoint {
  return { ...point, ...(routeCounts && { routeCounts: [...routeCounts] }) };
}

function series(): Series {
  if (settings.tidemark === undefined) return { points: [], heapUsed };
  const { core, sensors } = app.tidemarkParts;
  const { count = 0, hooksSeconds = 0 } = sensors.windows ?? {};
  return {
    points: core.detector!.points.map(saved),
    heapUsed,
    retentionWindows: { count, hooksSeconds },
  };
}

process.on('message', ({ type }: Question) => {
  if (type === 'stop') process.disconnect();
  else if (type === 'memory') void settledMemory().then((memory) => process.send!(memory));
  else process.send!(series());
});
process.send!({ origin });
await once(process, 'disconnect');
clearInterval(sampling);
await app.close();
await rm(stateDirectory, { recursive: true, force: true });
// Scenarios leak timers too.
process.exit(0);
