import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { integerOption, parseCommandLine } from '../lib/arguments.js';
import { writeSection } from '../lib/document.js';
import { machineLine } from '../lib/machine.js';
import { median } from '../lib/statistics.js';
import { PacedLoad } from '../snapshot/paced-load.js';

const USAGE = `Whether a snapshot that is asked for over HTTP, under load, names the holder of a planted leak, and what requests notice of it.

npm run bench:holder -- [options]
  --runs N       snapshots, each analysed (default 50)
  --node PATH    Node that runs the server (default this one)
  --rate N       requests a second (default 100)
  --json FILE    write all figures there
  --write        put the figures into docs/benchmarks.md
  --help         print this`;

const values = parseCommandLine(
  {
    runs: { type: 'string' },
    node: { type: 'string' },
    rate: { type: 'string' },
    json: { type: 'string' },
    write: { type: 'boolean' },
  },
  USAGE,
);
const runs = integerOption(values['runs'], { name: 'runs', least: 1, fallback: 50, usage: USAGE });
const rate = integerOption(values['rate'], { name: 'rate', least: 1, fallback: 100, usage: USAGE });
const SERVER = fileURLToPath(new URL('server.js', import.meta.url));
const BUILD = new URL('../../dist/plugins/tidemark.js', import.meta.url).href;
const HOLDER = /^sessions in module \S*holder\/server\.js → Map$/;
const QUIET_MS = 4_000;
const WAIT_MS = 120_000;

/** @param {readonly number[]} sorted */
const p99 = (sorted) => sorted[Math.ceil(0.99 * sorted.length) - 1] ?? NaN;

const stateDirectory = await mkdtemp(path.join(os.tmpdir(), 'tidemark-holder-'));
const child = fork(SERVER, [JSON.stringify({ build: BUILD, stateDirectory })], {
  stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  ...(typeof values['node'] === 'string' && { execPath: values['node'] }),
});

/** @type {{ state: string, named: boolean, attempts: number, pauseMs: number, before: number, during: number, seconds: number }[]} */
const results = [];
try {
  const [{ url }] = await once(child, 'message');
  const ask = async (/** @type {string} */ path, /** @type {RequestInit} */ init = {}) => {
    const answer = await fetch(url + path, init);
    return { status: answer.status, json: JSON.parse(await answer.text()) };
  };
  const settled = async (/** @type {string} */ path, /** @type {(answer: any) => boolean} */ isThere) => {
    const endMs = performance.now() + WAIT_MS;
    for (;;) {
      const answer = await ask(path);
      if (isThere(answer)) return answer;
      if (performance.now() > endMs) throw new Error(`${path} does not settle`);
      await delay(100);
    }
  };
  const { nodeVersion } = (await ask('/memory/stats')).json.process;
  console.log(
    `${runs} snapshots of a server on Node ${nodeVersion} under ${rate} requests a second; ${machineLine()}`,
  );
  for (let i = 0; i < 1_000; i += 1) await ask('/sessions', { method: 'POST' });
  for (let run = 1; run <= runs; run += 1) {
    const load = new PacedLoad({ port: Number(new URL(url).port), requestsPerSecond: rate });
    const loadedMs = performance.now();
    const leak = setInterval(() => void ask('/sessions', { method: 'POST' }).catch(() => undefined), 50);
    await delay(QUIET_MS);
    const startedMs = performance.now();
    const begun = (await ask('/memory/snapshot', { method: 'POST' })).json;
    const { json: ended } = await settled(
      `/memory/operations/${begun.id}`,
      ({ json }) => json.state !== 'running',
    );
    const writtenMs = performance.now();
    clearInterval(leak);
    await load.stop();
    // The first second warms up the connections.
    const before = p99(load.between(loadedMs + 1_000, startedMs));
    const during = p99(load.between(startedMs, writtenMs));
    const { snapshot, attempts = 0, pauseMs = 0 } = ended.result ?? {};
    let named = false;
    if (snapshot !== undefined) {
      const { json } = await settled(
        `/memory/snapshots/${snapshot.id}/analysis`,
        ({ status }) => status !== 202,
      );
      named = json.collections?.some((/** @type {any} */ { path }) => HOLDER.test(path?.text ?? '')) === true;
    }
    const seconds = (performance.now() - startedMs) / 1000;
    results.push({ state: ended.state, named, attempts, pauseMs, before, during, seconds });
    console.log(
      `${run}/${runs}: ${ended.state}${named ? ', holder named' : ', HOLDER NOT NAMED'}, pause ${pauseMs.toFixed(0)} ms, p99 ${before.toFixed(1)} → ${during.toFixed(1)} ms`,
    );
  }
  const count = (/** @type {(one: (typeof results)[number]) => boolean} */ is) => results.filter(is).length;
  const middle = (/** @type {(one: (typeof results)[number]) => number} */ of) => median(results.map(of));
  const ratio = middle(({ before, during }) => during / before);
  const text = [
    `${runs} snapshots over HTTP of a server on Node ${nodeVersion} under ${rate} requests a second; ${machineLine()}.`,
    '',
    `${count(({ state }) => state === 'succeeded')} of ${runs} succeeded, ${count(({ attempts }) => attempts === 1)} at the first attempt; the holder was named in ${count(({ named }) => named)}. Pause ${middle(({ pauseMs }) => pauseMs).toFixed(0)} ms in the median, ${Math.max(...results.map(({ pauseMs }) => pauseMs)).toFixed(0)} ms at worst; from the question to the answer ${middle(({ seconds }) => seconds).toFixed(1)} s. p99 of the requests: ${middle(({ before }) => before).toFixed(1)} ms before, ${middle(({ during }) => during).toFixed(1)} ms during the capture, ${ratio.toFixed(2)} times in the median of the runs (target: 2 or less, ${ratio <= 2 ? 'met' : 'missed'}).`,
  ].join('\n');
  console.log(`\n${text}`);
  if (typeof values['json'] === 'string')
    await writeFile(values['json'], `${JSON.stringify(results, null, 2)}\n`);
  if (values['write'] === true) await writeSection('holder', text);
} finally {
  child.disconnect();
  await once(child, 'exit');
  await rm(stateDirectory, { recursive: true, force: true });
}
