import { once } from 'node:events';
import { plantedLeak } from '../shop/planted.js';
import { parseArguments, USAGE, type DemoArguments } from './arguments.js';
import { diagnosisText } from './diagnosis.js';
import { judgeHealthy, judgeLeaking, underTraffic } from './outcome.js';
import { Progress } from './progress.js';
import { ShopProcess } from './shop-process.js';
import { Traffic } from './traffic.js';
import { watch } from './watch.js';

const FILL_HORIZON_SECONDS = 45;
const HEAP_LIMIT_MEGABYTES = 512;
const POLL_MS = 2_000;
/** Requests per second after the diagnosis, so that its commands have something to show. */
const GENTLE_RATE = 10;
const EXIT = { ok: 0, notNamed: 1, wrongUsage: 2, interrupted: 130 } as const;

async function main(argv: readonly string[]): Promise<number> {
  const parsed = parseArguments(argv);
  if (parsed.kind === 'help') {
    process.stdout.write(USAGE);
    return EXIT.ok;
  }
  if (parsed.kind === 'wrong') {
    process.stderr.write(`${parsed.message}\n\n${USAGE}`);
    return EXIT.wrongUsage;
  }
  const interruption = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interruption.abort());
  try {
    return await demonstrate(parsed.arguments, interruption.signal);
  } catch (error) {
    if (interruption.signal.aborted) return EXIT.interrupted;
    process.stderr.write(`The demo failed: ${error instanceof Error ? error.message : String(error)}\n`);
    return EXIT.notNamed;
  }
}

async function demonstrate(wanted: DemoArguments, signal: AbortSignal): Promise<number> {
  const shop = await ShopProcess.start(
    {
      leak: !wanted.healthy,
      port: wanted.port,
      fillHorizonSeconds: FILL_HORIZON_SECONDS,
      heapLimitMegabytes: HEAP_LIMIT_MEGABYTES,
    },
    signal,
  );
  const traffic = new Traffic(shop.origin, wanted.rate);
  const progress = new Progress(process.stdout);
  try {
    const kind = wanted.healthy ? 'A healthy shop' : 'A shop with a leak in one route';
    process.stdout.write(`${kind} is open at ${shop.origin}; ${wanted.rate} requests a second come in.\n`);
    traffic.start();
    const run = { shop, traffic, progress, limitSeconds: wanted.seconds, pollMs: POLL_MS };
    const { answer, verdictsOnTheWay } = await watch(run, signal);
    progress.end();
    const judged = wanted.healthy
      ? judgeHealthy(answer, verdictsOnTheWay)
      : judgeLeaking(answer, plantedLeak());
    const outcome = underTraffic(judged, traffic.counts);
    process.stdout.write(`\n${diagnosisText(answer)}\n${outcome.because.join('\n')}\n`);
    if (process.stdout.isTTY && !wanted.once) await serveOn(shop, traffic, signal);
    return outcome.ok ? EXIT.ok : EXIT.notNamed;
  } finally {
    progress.end();
    await traffic.stop();
    await shop.stop();
  }
}

async function serveOn(shop: ShopProcess, traffic: Traffic, signal: AbortSignal): Promise<void> {
  process.stdout.write(`\nThe shop stays open at ${shop.origin} until Ctrl-C, under gentle traffic.\n`);
  traffic.averageRate = GENTLE_RATE;
  await Promise.race([shop.exited, aborted(signal)]);
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort');
}

process.exitCode = await main(process.argv.slice(2));
