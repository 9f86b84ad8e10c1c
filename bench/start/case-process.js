import { setTimeout as sleep } from 'node:timers/promises';
import { fastify } from 'fastify';
import { cases } from './cases.js';

/** By then, background compilation and collections after the start have finished. */
const SETTLE_MS = 1000;

/** @typedef {{ readyMs: number, cpuMs: number, rssBytes: number, heapBytes: number }} Figures */

const { name, ...settings } = JSON.parse(process.argv[2] ?? '');
const started = cases.find((known) => known.name === name);
if (started === undefined || globalThis.gc === undefined) throw new Error('Start it as main.js does');

const app = fastify();
const startedMs = performance.now();
const startedCpu = process.cpuUsage();
await started.register(app, settings);
await app.ready();
const readyMs = performance.now() - startedMs;
const { user, system } = process.cpuUsage(startedCpu);
const cpuMs = (user + system) / 1000;

await sleep(SETTLE_MS);
const rssBytes = process.memoryUsage.rss();
globalThis.gc();
globalThis.gc();
const { heapUsed, external } = process.memoryUsage();
process.send?.({ readyMs, cpuMs, rssBytes, heapBytes: heapUsed + external });
await app.close();
process.disconnect?.();
