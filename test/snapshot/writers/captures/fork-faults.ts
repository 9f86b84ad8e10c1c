import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn, setTimeout as delay } from 'node:timers/promises';
import v8 from 'node:v8';
import t, { type Test } from 'tap';
import type { ForkTools } from '../../../../src/snapshot/writers/fork-writer.js';
import { createForkWriter } from '../../../../src/snapshot/writers/fork-writer.js';
import { readChildProgress } from '../../../../src/snapshot/writers/child-progress.js';
import type { SpawnReader } from '../../../../src/snapshot/writers/writer.js';
import {
  ended,
  endIdleReaders,
  fileReader,
  forkTools,
  idleReader,
  parseSnapshot,
  temporaryFolder,
} from '../capture-tools.js';
import { leftOver } from '../../../helpers/left-over.js';
import { childProcesses, descriptors, snapshotChild } from '../processes.js';

const loaded = await forkTools();
if (typeof loaded === 'string') {
  t.plan(0, loaded);
  process.exit();
}
const tools: ForkTools = loaded;
t.setTimeout(230_000);

/** For children that are stopped. Others get the usual limits: on a loaded machine one may starve for seconds. */
const impatient = createForkWriter({
  ...tools,
  limits: { stallMs: 3000, deadlineMs: 60_000 },
  settleSeconds: 0.05,
});
const quick = createForkWriter({ ...tools, settleSeconds: 0.05 });

const before: { tag: number; descriptors: readonly string[] } = {
  tag: v8.cachedDataVersionTag(),
  descriptors: [],
};
const open = (): string[] => [...descriptors().values()].map((name) => name.replace(/\d+/, 'N'));
t.before(async () => {
  // The first capture loads what stays loaded.
  await quick.capture({ spawnReader: fileReader('/dev/null') });
  before.descriptors = open();
});

/** A test that ends with a look around: nothing of a capture may be left. */
function scenario(name: string, run: (t: Test) => Promise<unknown>): void {
  t.test(name, async (t) => {
    await run(t);
    endIdleReaders();
    while (childProcesses().length > 0) await turn();
    t.same(await leftOver(open, before.descriptors), [], 'no descriptor is left');
    t.equal(v8.cachedDataVersionTag(), before.tag, 'the switches of V8 are as before');
  });
}

scenario('a hung child is killed, and a second one that is forked after a collection writes', async (t) => {
  const file = join(temporaryFolder(t), 'out.heapsnapshot');
  const capture = impatient.capture({ spawnReader: fileReader(file) });
  process.kill(await snapshotChild(), 'SIGSTOP');
  const outcome = await capture;
  t.match(outcome, {
    outcome: 'written',
    attempts: [
      { preparation: 'settle', outcome: 'failed', fault: 'stalled', detail: /no progress for 3 s/ },
      { preparation: 'collect', outcome: 'written' },
    ],
  });
  if (outcome.outcome !== 'written') return;
  t.equal(await ended(outcome.reader), 0);
  t.ok(parseSnapshot(file).nodes.length > 0, 'the second reader has it all, from the first byte');
});

scenario('when the second child hangs too, the error says so', async (t) => {
  const capture = impatient.capture({ spawnReader: idleReader });
  const first = await snapshotChild();
  process.kill(first, 'SIGSTOP');
  process.kill(await snapshotChild([first]), 'SIGSTOP');
  t.match(await capture, {
    outcome: 'failed',
    error: { code: 'TIDEMARK_ERR_SNAPSHOT_STALLED', statusCode: 503, message: /\(attempt 2\)/ },
    attempts: [{ fault: 'stalled' }, { fault: 'stalled' }],
  });
});

scenario('a child that is busy for too long is killed as well', async (t) => {
  const hasty = createForkWriter({
    ...tools,
    limits: { ...tools.limits, deadlineMs: 1 },
    settleSeconds: 0,
  });
  const outcome = await hasty.capture({ spawnReader: fileReader('/dev/null') });
  t.match(outcome, { outcome: 'failed', attempts: [{ fault: 'overdue' }, { fault: 'overdue' }] });
});

const bytesOf = (pid: number): number => readChildProgress(pid).writtenBytes ?? 0;

const stages: Readonly<Record<string, (pid: number) => boolean>> = {
  'as it begins': () => true,
  'while it walks the heap': (pid) => (readChildProgress(pid).cpuTicks ?? 0) >= 5,
  'while it writes': (pid) => bytesOf(pid) > 64 * 1024,
};

for (const [stage, reached] of Object.entries(stages)) {
  scenario(`a child that crashes ${stage} gets a successor`, async (t) => {
    const file = join(temporaryFolder(t), 'out.heapsnapshot');
    const { spawnReader, resume } = stoppedReader(file);
    const capture = quick.capture({ spawnReader });
    const pid = await snapshotChild();
    await untilReached(pid, reached);
    process.kill(pid, 'SIGSEGV');
    resume();
    const outcome = await capture;
    t.match(outcome, {
      outcome: 'written',
      attempts: [{ fault: 'died', detail: 'the child ended with SIGSEGV' }, { outcome: 'written' }],
    });
    if (outcome.outcome === 'written') t.equal(await ended(outcome.reader), 0);
  });

  scenario(`a child that the kernel takes ${stage} gets none: it would need as much memory`, async (t) => {
    const capture = quick.capture({ spawnReader: idleReader });
    const pid = await snapshotChild();
    await untilReached(pid, reached);
    process.kill(pid, 'SIGKILL');
    t.match(await capture, {
      outcome: 'failed',
      error: { code: 'TIDEMARK_ERR_SNAPSHOT_DIED', message: /most likely for memory/ },
      attempts: { length: 1 },
    });
  });

  scenario(`an abort ${stage} ends the child`, async (t) => {
    const stop = new AbortController();
    const capture = quick.capture({ spawnReader: idleReader, signal: stop.signal });
    const pid = await snapshotChild();
    await untilReached(pid, reached);
    stop.abort();
    t.match(await capture, { outcome: 'failed', error: { code: 'TIDEMARK_ERR_SNAPSHOT_CANCELLED' } });
  });
}

async function untilReached(pid: number, reached: (pid: number) => boolean): Promise<void> {
  while (!reached(pid)) {
    if (!childProcesses().some((child) => child.pid === pid)) throw new Error('the child ended before');
    await turn();
  }
}

/** Stores what it gets; the first one only when it is resumed, so that the test meets the child in the middle. */
function stoppedReader(path: string): { spawnReader: SpawnReader; resume(): void } {
  const store = fileReader(path);
  let first: ChildProcess | undefined;
  return {
    spawnReader(stdin) {
      if (first !== undefined) return store(stdin);
      first = store(stdin);
      first.kill('SIGSTOP');
      return first;
    },
    resume: () => void first?.kill('SIGCONT'),
  };
}

scenario('an abort before the fork forks nothing', async (t) => {
  const early = await quick.capture({ spawnReader: idleReader, signal: AbortSignal.abort() });
  t.match(early, { outcome: 'failed', attempts: [{ fault: 'cancelled' }] });
  const stop = new AbortController();
  const settling = createForkWriter({ ...tools, settleSeconds: 60 });
  const capture = settling.capture({ spawnReader: idleReader, signal: stop.signal });
  await turn();
  t.not(v8.cachedDataVersionTag(), before.tag, 'background collection is off meanwhile');
  stop.abort();
  t.match(await capture, { outcome: 'failed', attempts: [{ fault: 'cancelled' }] });
});

const goingReaders: Readonly<Record<string, { spawnReader: SpawnReader; detail: RegExp }>> = {
  'at once': {
    spawnReader: (stdin) => spawn('false', { stdio: [stdin, 'ignore', 'ignore'] }),
    detail: /the reader ended with code 1/,
  },
  'after some bytes': {
    spawnReader: (stdin) => spawn('head', ['-c', '100000'], { stdio: [stdin, 'ignore', 'ignore'] }),
    detail: /the reader (ended with code 0|closed its input)/,
  },
  'by a signal, before a byte was written': {
    spawnReader: (stdin) => {
      const child = idleReader(stdin);
      void snapshotChild().then(() => child.kill('SIGTERM'));
      return child;
    },
    detail: /the reader ended with SIGTERM/,
  },
};

for (const [when, { spawnReader, detail }] of Object.entries(goingReaders)) {
  scenario(`a reader that goes ${when} ends the capture; another child would not help`, async (t) => {
    const outcome = await quick.capture({ spawnReader });
    t.match(outcome, {
      outcome: 'failed',
      error: { code: 'TIDEMARK_ERR_SNAPSHOT_READER' },
      attempts: [{ fault: 'reader', detail }],
    });
    t.equal(outcome.attempts.length, 1);
  });
}

scenario('a reader that cannot start is said, whichever way it fails', async (t) => {
  const missing = await quick.capture({
    spawnReader: (stdin) => spawn('/no/such/program', { stdio: [stdin, 'ignore', 'ignore'] }),
  });
  t.match(missing, {
    outcome: 'failed',
    error: { message: /did not start: spawn \/no\/such\/program ENOENT/ },
  });
  const throwing = await quick.capture({
    spawnReader: () => {
      throw new Error('no room');
    },
  });
  t.match(throwing, {
    outcome: 'failed',
    error: { code: 'TIDEMARK_ERR_SNAPSHOT_READER', message: /no room/ },
  });
});

scenario('a fork that the kernel refuses is an error with its reason', async (t) => {
  // As with a limit of processes, which does not hold for root.
  const refuses: ForkTools['native'] = {
    ...tools.native,
    fork(_, facts) {
      facts[0] = 5;
      return -constants.errno.EAGAIN;
    },
  };
  const writer = createForkWriter({ ...tools, native: refuses, settleSeconds: 0 });
  t.match(await writer.capture({ spawnReader: idleReader }), {
    outcome: 'failed',
    error: { code: 'TIDEMARK_ERR_SNAPSHOT_UNAVAILABLE', message: /no fork, fork: EAGAIN/ },
    attempts: { length: 1 },
  });
});

scenario('the child dies with its server', async (t) => {
  const script = new URL('../lonely-server.js', import.meta.url);
  const server: ChildProcess = spawn(process.execPath, [script.pathname], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(server.stdout!, 'data')) as [Buffer];
  const child = Number(line.toString());
  t.ok(child > 0);
  server.kill('SIGKILL');
  await once(server, 'exit');
  const alive = (): boolean => {
    try {
      return process.kill(child, 0);
    } catch {
      return false;
    }
  };
  while (alive()) await delay(5);
  t.notOk(alive());
});
