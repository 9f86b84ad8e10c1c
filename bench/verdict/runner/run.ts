import { setTimeout as delay } from 'node:timers/promises';
import { request } from 'undici';
import type { VerdictAnswer } from '../../../src/answers/verdict/schema.js';
import type { Entry } from '../catalogue.js';
import { seededRandom } from '../random.js';
import { startLoad } from './load.js';
import type { Answer, RunRecord } from './record.js';
import { ScenarioProcess } from './scenario-process.js';
import type { Truth } from './truth.js';

export interface RunSettings {
  readonly seconds: number;
  readonly fillHorizonSeconds: number;
  readonly seed: number;
  readonly truth: Truth;
  readonly signal: AbortSignal;
  readonly onAnswer?: (answer: Answer) => void;
}

const ASK_EVERY_MS = 2_000;
const SITES_KEPT = 3;

/** Runs a scenario under its traffic and polls the public endpoint as an operator would. */
export async function runScenario(entry: Entry, settings: RunSettings): Promise<RunRecord> {
  const { fillHorizonSeconds, seed, truth, seconds } = settings;
  const { family, name, label } = entry;
  const server = await ScenarioProcess.start({ family, name, tidemark: { fillHorizonSeconds } });
  const stop = new AbortController();
  const signal = AbortSignal.any([stop.signal, settings.signal]);
  const startedMs = Date.now();
  const load = startLoad(server.origin, entry.load, seededRandom(seed), signal);
  const answers: Answer[] = [];
  try {
    while (Date.now() - startedMs < seconds * 1000) {
      await delay(ASK_EVERY_MS, undefined, { signal: settings.signal });
      const answer = await ask(server.origin, startedMs);
      answers.push(answer);
      settings.onAnswer?.(answer);
    }
    const series = (await server.series()) ?? { points: [], heapUsed: [] };
    stop.abort();
    await load.ended;
    return {
      name,
      family,
      seed,
      label,
      fillHorizonSeconds,
      startedMs,
      answers,
      requests: Object.fromEntries(load.tally.answered),
      statuses: Object.fromEntries(load.tally.statuses),
      unsent: load.tally.skipped + load.tally.unanswered,
      truth,
      series,
    };
  } finally {
    stop.abort();
    await load.ended.catch(() => undefined);
    await server.stop();
  }
}

async function ask(origin: string, startedMs: number): Promise<Answer> {
  const { statusCode, body } = await request(`${origin}/memory/leak-detection`);
  const answer = (await body.json()) as VerdictAnswer;
  if (statusCode !== 200) throw new Error(`/memory/leak-detection answered ${statusCode}`);
  const { verdict, confidence, growth, suspects } = answer;
  return {
    seconds: (Date.now() - startedMs) / 1000,
    verdict,
    ...(confidence !== undefined && { confidence }),
    ...(growth && { bytesPerSecond: growth.bytesPerSecond.value }),
    routes: (suspects?.routes ?? []).map(({ route, bytesPerRequest, share, evidence }) => ({
      route,
      bytesPerRequest,
      share,
      evidence,
    })),
    sites: (suspects?.sites ?? [])
      .slice(0, SITES_KEPT)
      .map(({ function: name, file }) => ({ function: name, file })),
  };
}
