import { Buffer } from 'node:buffer';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { PassThrough, Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import t from 'tap';
import { REDACT_USAGE, redactCommand } from '../../src/cli/redact.js';
import { buildSnapshot } from '../snapshot/redaction/snapshot-builder.js';

const SECRET = 'QWXZKVJYPGHT';
const snapshot = Buffer.from(
  buildSnapshot([
    { type: 'closure', name: 'Account' },
    { type: 'object', name: 'Account', edges: [{ type: 'property', name: SECRET, to: 2 }] },
    { type: 'string', name: SECRET },
  ]),
);

interface Outcome {
  readonly status: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

async function run(
  argv: string[],
  input: Uint8Array[] = [],
  isTTY = false,
  signal?: AbortSignal,
): Promise<Outcome> {
  const stdout = new PassThrough();
  const stderr = Object.assign(new PassThrough(), { isTTY });
  const outputs = [buffer(stdout), text(stderr)] as const;
  const status = await redactCommand(argv, { stdin: Readable.from(input), stdout, stderr }, signal);
  stdout.end();
  stderr.end();
  return { status, stdout: await outputs[0], stderr: await outputs[1] };
}

function isRedacted(bytes: Buffer): boolean {
  const { strings } = JSON.parse(bytes.toString()) as { strings: string[] };
  return strings.includes('Account') && !bytes.includes(SECRET);
}

t.test('a file is redacted into another, for its owner alone', async (t) => {
  const folder = t.testdir({ 'in.heapsnapshot': snapshot.toString() });
  const { status, stdout, stderr } = await run([`${folder}/in.heapsnapshot`, `${folder}/out.heapsnapshot`]);
  t.same([status, stdout.length], [0, 0]);
  t.match(stderr, /^0\.0 MiB: 1 values and 1 names replaced, \d+ names kept\n$/);
  t.ok(isRedacted(readFileSync(`${folder}/out.heapsnapshot`)));
  t.equal(statSync(`${folder}/out.heapsnapshot`).mode & 0o777, 0o600);
  t.same(readdirSync(folder), ['in.heapsnapshot', 'out.heapsnapshot'], 'nothing else is left');
});

t.test('standard input and output are files as well', async (t) => {
  const { status, stdout } = await run(['-', '-'], [snapshot.subarray(0, 1), snapshot.subarray(1)]);
  t.equal(status, 0);
  t.ok(isRedacted(stdout));
});

t.test('what is compressed is read, and written where the name says so', async (t) => {
  const folder = t.testdir();
  const compressed = gzipSync(snapshot);
  const { status } = await run(
    ['-', `${folder}/out.gz`],
    [compressed.subarray(0, 1), compressed.subarray(1)],
  );
  t.equal(status, 0);
  t.ok(isRedacted(gunzipSync(readFileSync(`${folder}/out.gz`))));
  const cut = await run(['-', `${folder}/cut`], [compressed.subarray(0, 200)]);
  t.match(cut, { status: 1, stderr: /unexpected end of file/ });
  t.same(readdirSync(folder), ['out.gz']);
});

t.test('a file that is there is replaced by --force alone', async (t) => {
  const folder = t.testdir({ in: snapshot.toString(), out: 'mine' });
  const refused = await run([`${folder}/in`, `${folder}/out`]);
  t.match(refused, { status: 1, stderr: /out is there; --force replaces it/ });
  t.equal(readFileSync(`${folder}/out`, 'utf8'), 'mine');
  t.equal((await run([`${folder}/in`, `${folder}/out`, '--force'])).status, 0);
  t.ok(isRedacted(readFileSync(`${folder}/out`)));
  t.equal((await run(['-f', `${folder}/in`, `${folder}/in`])).status, 0, 'also the input itself');
  t.ok(isRedacted(readFileSync(`${folder}/in`)));
});

t.test('what appears meanwhile is not replaced', async (t) => {
  const folder = t.testdir();
  const slow = async function* (): AsyncGenerator<Uint8Array, void> {
    yield snapshot.subarray(0, 100);
    writeFileSync(`${folder}/out`, 'theirs');
    yield snapshot.subarray(100);
  };
  const stderr = new PassThrough();
  const said = text(stderr);
  const streams = { stdin: Readable.from(slow()), stdout: new PassThrough(), stderr };
  t.equal(await redactCommand(['-', `${folder}/out`], streams), 1);
  stderr.end();
  t.match(await said, /out is there/);
  t.equal(readFileSync(`${folder}/out`, 'utf8'), 'theirs');
  t.same(readdirSync(folder), ['out']);
});

t.test('a folder, a missing input and what is no snapshot are refused and leave nothing', async (t) => {
  const folder = t.testdir({ text: 'no snapshot' });
  mkdirSync(`${folder}/folder`);
  symlinkSync(`${folder}/folder`, `${folder}/link`);
  const before = readdirSync(folder);
  for (const [argv, message] of [
    [[`${folder}/text`, `${folder}/folder`, '--force'], /folder is no file/],
    [[`${folder}/text`, `${folder}/link`], /link is there/],
    [[`${folder}/missing`, `${folder}/out`], /ENOENT/],
    [[`${folder}/text`, `${folder}/out`], /is not a heap snapshot that can be redacted/],
    [['-', `${folder}/missing/out`], /ENOENT/],
  ] as const) {
    t.match(await run([...argv], [snapshot]), { status: 1, stderr: message });
  }
  t.same(readdirSync(folder), before);
});

t.test('it can be stopped', async (t) => {
  const folder = t.testdir();
  const controller = new AbortController();
  const waiting = new Readable({ read: () => undefined });
  waiting.push(snapshot.subarray(0, 100));
  const stderr = new PassThrough();
  const running = redactCommand(
    ['-', `${folder}/out`],
    { stdin: waiting, stdout: stderr, stderr },
    controller.signal,
  );
  setImmediate(() => controller.abort());
  t.equal(await running, 1);
  t.same(readdirSync(folder), []);
});

t.test('a terminal is shown how far it is', async (t) => {
  const padded = Buffer.concat([Buffer.alloc(2 ** 22, ' '), snapshot]);
  const folder = t.testdir({ in: padded.toString() });
  const { stderr } = await run([`${folder}/in`, '-'], [], true);
  t.match(stderr, /\r4\.\d MiB of 4\.0 MiB/);
  t.notMatch((await run([`${folder}/in`, '-'])).stderr, /\r/, 'and nobody else');
});

t.test('a wrong use is answered with the usage', async (t) => {
  for (const argv of [[], ['a'], ['a', 'b', 'c'], ['--wrong', 'a', 'b']]) {
    const { status, stderr } = await run(argv);
    t.equal(status, 2);
    t.ok(stderr.endsWith(REDACT_USAGE));
  }
  const help = await run(['--help']);
  t.same([help.status, help.stdout.toString()], [0, REDACT_USAGE]);
});

t.test('in a process of its own it reads and writes its standard streams', async (t) => {
  const caller = fileURLToPath(new URL('redact-caller.js', import.meta.url));
  // The test runner's loader must not be in the child.
  const { status, stdout, stderr } = spawnSync(process.execPath, [caller, '-', '-'], {
    input: snapshot,
    env: { PATH: process.env['PATH'] },
  });
  t.equal(status, 0, String(stderr));
  t.ok(isRedacted(stdout));
});
