import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';
import { thisOwner } from '../../../src/snapshot/store/owner.js';
import { chunks, description, newDirectory, noise, openScratch, steppedClock } from './scratch-store.js';

const child = fileURLToPath(new URL('store-child.js', import.meta.url));

function run(t: Test, mode: string, directory: string): ChildProcessByStdio<Writable, Readable, null> {
  // The test runner's loader must not be in the child.
  const env = { PATH: process.env['PATH'] };
  const started = spawn(process.execPath, [child, mode, directory], {
    env,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  t.teardown(() => started.kill('SIGKILL'));
  return started;
}

t.test(
  'what a killed writer left is removed at the next start, and what a living one writes is not',
  async (t) => {
    const directory = newDirectory(t);
    const writer = run(t, 'stall', directory);
    await once(createInterface(writer.stdout), 'line');
    const [unfinished, ...others] = readdirSync(directory);
    t.match(unfinished, /\.tmp$/);
    t.same(others, []);

    const beside = await openScratch(directory);
    t.equal(beside.leftovers, 0);
    t.same(readdirSync(directory), [unfinished], 'the writer lives');
    const list = await beside.list();
    t.same([list.snapshots, list.problems], [[], []], 'what is not finished is neither listed nor a problem');

    const exited = once(writer, 'exit');
    writer.kill('SIGKILL');
    await exited;
    t.same(readdirSync(directory), [unfinished], 'it could not tidy up');
    t.equal((await openScratch(directory)).leftovers, 1);
    t.same(readdirSync(directory), []);
  },
);

t.test('of a writer elsewhere, whose life cannot be seen, only what is old is removed', async (t) => {
  const directory = newDirectory(t);
  const clock = steppedClock();
  mkdirSync(directory, { mode: 0o700 });
  const fresh = `${directory}/20260319T085900Z-0123456789ab.data.aaaaaaaaaaaa-1-77.tmp`;
  const old = `${directory}/20260319T085900Z-0123456789ac.metadata.aaaaaaaaaaaa-1-77.tmp`;
  const { place } = thisOwner();
  // The same process id, but another start: the id has come again.
  const reused = `${directory}/20260319T085900Z-0123456789ad.data.${place}-${process.pid}-1.tmp`;
  for (const path of [fresh, old, reused]) {
    writeFileSync(path, 'x');
    const ageSeconds = path === old ? 7200 : 60;
    utimesSync(path, clock.nowMs / 1000, clock.nowMs / 1000 - ageSeconds);
  }
  t.equal((await openScratch(directory, {}, clock)).leftovers, 2);
  t.same(
    readdirSync(directory).map((name) => `${directory}/${name}`),
    [fresh],
  );
});

t.test('stores of several processes write into one directory at the same time', async (t) => {
  const directory = newDirectory(t);
  const here = await openScratch(directory);
  const writers = [run(t, 'add', directory), run(t, 'add', directory)];
  const outputs = writers.map((writer) => text(writer.stdout));
  const ended = writers.map((writer) => once(writer, 'exit') as Promise<[number | null]>);
  const ids: string[] = [];
  for (let count = 0; count < 10; count++) {
    // Each opening looks for leftovers while the others write.
    const beside = await openScratch(directory);
    ids.push((await beside.add(chunks(noise(50_000)), () => description)).id);
  }
  t.same(await Promise.all(ended), [
    [0, null],
    [0, null],
  ]);
  for (const output of outputs) ids.push(...(await output).trim().split('\n'));
  const { snapshots, problems } = await here.list({ verify: true });
  t.equal(ids.length, 30);
  t.same(snapshots.map(({ id }) => id).toSorted(), ids.toSorted(), 'all are there');
  t.same(problems, [], 'and whole');
});
