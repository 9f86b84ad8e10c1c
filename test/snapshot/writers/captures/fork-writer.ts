import { execFile } from 'node:child_process';
import { createServer } from 'node:net';
import { readFileSync, readdirSync, readlinkSync, statSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import t from 'tap';
import { createForkWriter } from '../../../../src/snapshot/writers/fork-writer.js';
import { startBusyServer } from '../busy-server.js';
import {
  countInstances,
  endIdleReaders,
  ended,
  fileReader,
  forkTools,
  idleReader,
  parseSnapshot,
  temporaryFolder,
} from '../capture-tools.js';
import { childProcesses, descriptors, snapshotChild } from '../processes.js';

const tools = await forkTools();
if (typeof tools === 'string') {
  t.plan(0, tools);
  process.exit();
}
t.setTimeout(230_000);

class PlantedForTheFork {
  readonly name = 'planted for the fork';
}

t.test('a forked child writes a whole snapshot of what was in the heap', async (t) => {
  const held = Array.from({ length: 1000 }, () => new PlantedForTheFork());
  const file = join(temporaryFolder(t), 'out.heapsnapshot');
  const outcome = await createForkWriter(tools).capture({ spawnReader: fileReader(file) });
  t.match(outcome, { outcome: 'written', writer: 'fork' });
  if (outcome.outcome !== 'written') return;
  t.equal(await ended(outcome.reader), 0);
  t.equal(countInstances(parseSnapshot(file), 'PlantedForTheFork'), held.length);
  t.equal(outcome.attempts.length, 1);
  t.ok(outcome.pauseMs > 0 && outcome.pauseMs < outcome.totalMs);
  const { size } = statSync(file);
  const excess = (outcome.writtenBytes ?? 0) - size;
  t.ok(excess >= 0 && excess < 1000, `the kernel counted ${excess} bytes beside the ${size} of the file`);
});

t.test('under load of every kind each capture is whole, and every request is answered', async (t) => {
  const server = await startBusyServer({ growing: true });
  t.teardown(() => server.stop());
  const folder = temporaryFolder(t);
  for (let round = 0; round < 4; round += 1) {
    const [answered, left] = [server.answered(), server.left.length];
    const file = join(folder, `${round}.heapsnapshot`);
    const outcome = await createForkWriter(tools).capture({ spawnReader: fileReader(file) });
    t.equal(outcome.outcome, 'written');
    if (outcome.outcome !== 'written') continue;
    t.equal(await ended(outcome.reader), 0);
    t.ok(
      server.answered() > answered + 10,
      `${server.answered() - answered} requests were answered meanwhile`,
    );
    const found = countInstances(parseSnapshot(file), 'LeftByRequest');
    t.ok(
      found >= left && found <= server.left.length,
      `${left} <= ${found} <= ${server.left.length}: of one moment`,
    );
  }
  t.equal(server.failure(), undefined);
});

t.test(
  'the child gives way, leaves no core, holds nothing of the server and has its own signals',
  async (t) => {
    const port = createServer().listen(0, '127.0.0.1');
    t.teardown(() => port.close());
    await once(port, 'listening');
    const stop = new AbortController();
    const capture = createForkWriter(tools).capture({ spawnReader: idleReader, signal: stop.signal });
    const pid = await snapshotChild();
    const own = [...descriptors().values()];
    const read = (name: string): string => readFileSync(`/proc/${pid}/${name}`, 'utf8');
    // Named before it has done the rest: wait for the last of it.
    while (!readdirSync(`/proc/${pid}/fd`).every((fd) => /pipe:|null|fd/.test(target(pid, fd)))) continue;
    const open = new Set(readdirSync(`/proc/${pid}/fd`).map((fd) => target(pid, fd)));
    const pipes = [...open].filter((name) => name !== '/dev/null');
    t.equal(pipes.length, 1, 'the output and /dev/null');
    t.ok(
      own.some((name) => name.startsWith('socket:')),
      'while the server has its sockets',
    );
    t.equal(read('oom_score_adj').trim(), '1000');
    t.equal(read('coredump_filter').trim(), '00000000');
    t.match(read('limits'), /Max core file size +[01] /);
    t.equal(read('stat').split(') ')[1]?.split(' ')[16], '19', 'the lowest priority');
    t.match(read('status'), /SigBlk:\t0+\n/);
    stop.abort();
    const outcome = await capture;
    t.match(outcome, { outcome: 'failed', error: { code: 'TIDEMARK_ERR_SNAPSHOT_CANCELLED' } });
    t.equal(childProcesses().filter(({ name }) => name === 'tidemark-snap').length, 0);
    endIdleReaders();
  },
);

function target(pid: number, fd: string): string {
  try {
    return readlinkSync(`/proc/${pid}/fd/${fd}`);
  } catch {
    return '/dev/null';
  }
}

t.test('fifty captures leave no process, no descriptor, no file and no changed switch', async (t) => {
  const folder = temporaryFolder(t);
  const script = fileURLToPath(new URL('../fifty-captures.js', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [script, join(folder, 'out.heapsnapshot')]);
  t.same(JSON.parse(stdout), { left: [], switchesAsBefore: true });
  t.same(readdirSync(folder), ['out.heapsnapshot']);
});
