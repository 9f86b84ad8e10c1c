import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { integerOption, parseCommandLine } from '../lib/arguments.js';
import { writeSection } from '../lib/document.js';
import { sendRequests } from '../lib/load.js';
import { machineLine } from '../lib/machine.js';
import { ServerProcess } from '../lib/server-process.js';
import { table } from '../lib/table.js';

const SERVER = new URL('server.js', import.meta.url);
const DIST = fileURLToPath(new URL('../../dist', import.meta.url));
const CONNECTIONS = 16;
const PIPELINING = 8;
const TARGET_MIB = 16;
const USAGE = `The plugin's own memory: a server with it less the same server without, after the same requests.

npm run bench:self -- [options]
  --requests N   requests in all (default 1000000)
  --routes N     routes they are spread over (default 1000)
  --json FILE    write all figures there
  --write        put the table into docs/benchmarks.md
  --help         print this`;

const values = parseCommandLine(
  {
    requests: { type: 'string' },
    routes: { type: 'string' },
    json: { type: 'string' },
    write: { type: 'boolean' },
  },
  USAGE,
);
const requests = integerOption(values['requests'], {
  name: 'requests',
  least: 1000,
  fallback: 1_000_000,
  usage: USAGE,
});
const routes = integerOption(values['routes'], { name: 'routes', least: 1, fallback: 1000, usage: USAGE });
const paths = Array.from({ length: routes }, (_, route) => `/route-${route}/1`);
const mib = (/** @type {number} */ bytes) => bytes / 2 ** 20;
const show = (/** @type {number} */ bytes) => mib(bytes).toFixed(1);

const stateDirectory = await mkdtemp(path.join(os.tmpdir(), 'tidemark-bench-'));
const servers = await Promise.all(
  [false, true].map((tidemark) =>
    ServerProcess.start(SERVER, { tidemark, build: DIST, stateDirectory, routes }, ['--expose-gc']),
  ),
);
const [bare, own] = /** @type {[ServerProcess, ServerProcess]} */ (servers);

/** @type {{ requests: number, bare: import('../lib/server-process.js').MemoryReading, own: import('../lib/server-process.js').MemoryReading }[]} */
const points = [];
try {
  let sent = 0;
  for (const until of [0, 0.1, 0.25, 0.5, 0.75, 1].map((share) => Math.round(share * requests))) {
    for (const server of servers) {
      await sendRequests({
        port: server.port,
        paths,
        requests: until - sent,
        connections: CONNECTIONS,
        pipelining: PIPELINING,
      });
    }
    sent = until;
    points.push({ requests: sent, bare: await bare.memory(), own: await own.memory() });
    console.log(`${sent.toLocaleString('en')} of ${requests.toLocaleString('en')} requests`);
  }
  const { requests: recorded } = await own.counted();
  if (recorded !== sent) throw new Error(`The plugin recorded ${recorded} of ${sent} requests`);
} finally {
  await Promise.all(servers.map((server) => server.stop()));
  await rm(stateDirectory, { recursive: true, force: true });
}

const difference = (/** @type {typeof points[number]} */ { bare, own }) => ({
  rss: own.rssBytes - bare.rssBytes,
  kept: own.heapUsedBytes + own.externalBytes - bare.heapUsedBytes - bare.externalBytes,
});
const rows = points.map((point) => {
  const { rss, kept } = difference(point);
  return [
    point.requests.toLocaleString('en'),
    show(point.bare.rssBytes),
    show(point.own.rssBytes),
    show(rss),
    show(kept),
  ];
});
const quarter = points[2];
const last = points.at(-1);
if (quarter === undefined || last === undefined) throw new Error('nothing was measured');
const growth = difference(last).kept - difference(quarter).kept;
const rss = difference(last).rss;
const text = [
  `${requests.toLocaleString('en')} requests over ${routes.toLocaleString('en')} routes; ${machineLine()}. MiB after full collections.`,
  '',
  table(['requests', 'RSS without', 'RSS with', 'difference', 'of it heap and external'], rows),
  '',
  `At the end the plugin takes ${show(rss)} MiB of RSS (target: ${TARGET_MIB} MiB or less): ${mib(rss) <= TARGET_MIB ? 'met' : 'missed'}. From a quarter of the requests to the end, what it keeps grew by ${(growth / 1024).toFixed(0)} KiB.`,
].join('\n');
console.log(`\n${text}`);
if (typeof values['json'] === 'string') await writeFile(values['json'], JSON.stringify(points, undefined, 2));
if (values['write'] === true) await writeSection('self', text);
