import { Buffer } from 'node:buffer';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import t from 'tap';
import { helpOf } from '../../src/cli/command.js';
import { redact } from '../../src/cli/redact.js';
import { buildSnapshot } from '../snapshot/redaction/snapshot-builder.js';
import { run as runCommand, type Outcome } from './run.js';

const SECRET = 'QWXZKVJYPGHT';
const snapshot = Buffer.from(
  buildSnapshot([
    { type: 'closure', name: 'Account' },
    { type: 'object', name: 'Account', edges: [{ type: 'property', name: SECRET, to: 2 }] },
    { type: 'string', name: SECRET },
  ]),
);

// The test runner's loader must not be in the child.
const environment = { PATH: process.env['PATH'] };
const main = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));

const run = (argv: readonly string[], input: Uint8Array[] = [], isTTY = false): Promise<Outcome> =>
  runCommand([redact], ['redact', ...argv], { input, isTTY });

function isRedacted(bytes: Buffer): boolean {
  const { strings } = JSON.parse(bytes.toString()) as { strings: string[] };
  return strings.includes('Account') && !bytes.includes(SECRET);
}

t.test('a file is redacted into another, for its owner alone', async (t) => {
  const folder = t.testdir({ 'in.heapsnapshot': snapshot.toString() });
  const { code, stdout, stderr } = await run([`${folder}/in.heapsnapshot`, `${folder}/out.heapsnapshot`]);
  t.same([code, stdout], [0, '']);
  t.match(stderr, /^\d+(\.\d+)? (B|KiB): 1 values and 1 names replaced, \d+ names kept\n$/);
  t.ok(isRedacted(readFileSync(`${folder}/out.heapsnapshot`)));
  t.equal(statSync(`${folder}/out.heapsnapshot`).mode & 0o777, 0o600);
  t.same(readdirSync(folder), ['in.heapsnapshot', 'out.heapsnapshot'], 'nothing else is left');
});

t.test('standard input and output are files as well', async (t) => {
  const { code, bytes } = await run(['-', '-'], [snapshot.subarray(0, 1), snapshot.subarray(1)]);
  t.equal(code, 0);
  t.ok(isRedacted(bytes));
});

t.test('what is compressed is read, and written where the name says so', async (t) => {
  const folder = t.testdir();
  const compressed = gzipSync(snapshot);
  const { code } = await run(['-', `${folder}/out.gz`], [compressed.subarray(0, 1), compressed.subarray(1)]);
  t.equal(code, 0);
  t.ok(isRedacted(gunzipSync(readFileSync(`${folder}/out.gz`))));
  for (const zeros of [500, 200_000]) {
    const padded = await run(['-', '-'], [compressed, Buffer.alloc(zeros)]);
    t.same([padded.code, isRedacted(padded.bytes)], [0, true], `with ${zeros} zeros behind it`);
  }
  const cut = await run(['-', `${folder}/cut`], [compressed.subarray(0, 200)]);
  t.match(cut, { code: 1, stderr: /^TIDEMARK_ERR_CLI_FILE: .*unexpected end of file/ });
  t.same(readdirSync(folder), ['out.gz']);
});

t.test('a file that is there is replaced by --force alone', async (t) => {
  const folder = t.testdir({ in: snapshot.toString(), out: 'mine' });
  const refused = await run([`${folder}/in`, `${folder}/out`]);
  t.match(refused, { code: 1, stderr: /out exists; --force replaces it/ });
  t.equal(readFileSync(`${folder}/out`, 'utf8'), 'mine');
  t.equal((await run([`${folder}/in`, `${folder}/out`, '--force'])).code, 0);
  t.ok(isRedacted(readFileSync(`${folder}/out`)));
  t.equal((await run(['-f', `${folder}/in`, `${folder}/in`])).code, 0, 'also the input itself');
  t.ok(isRedacted(readFileSync(`${folder}/in`)));
});

t.test('what appears meanwhile is not replaced', async (t) => {
  const folder = t.testdir();
  const slow = async function* (): AsyncGenerator<Uint8Array, void> {
    yield snapshot.subarray(0, 100);
    writeFileSync(`${folder}/out`, 'theirs');
    yield snapshot.subarray(100);
  };
  t.match(await runCommand([redact], ['redact', '-', `${folder}/out`], { input: slow() }), {
    code: 1,
    stderr: /out exists/,
  });
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
    [[`${folder}/text`, `${folder}/link`], /link exists/],
    [[`${folder}/missing`, `${folder}/out`], /ENOENT/],
    [[`${folder}/text`, `${folder}/out`], /is not a heap snapshot that can be redacted/],
    [['-', `${folder}/missing/out`], /ENOENT/],
  ] as const) {
    t.match(await run([...argv], [snapshot]), { code: 1, stderr: message });
  }
  t.same(readdirSync(folder), before);
});

t.test('interrupted, it leaves nothing', async (t) => {
  const folder = t.testdir();
  const child = spawn(process.execPath, [main, 'redact', '-', `${folder}/out`], { env: environment });
  child.stdin.write(snapshot.subarray(0, 100));
  while (readdirSync(folder).length === 0) await delay(20);
  const closed = once(child, 'close');
  child.kill('SIGINT');
  t.match(await text(child.stderr), /^TIDEMARK_ERR_CLI_FILE: .*aborted/);
  t.same(await closed, [1, null]);
  t.same(readdirSync(folder), []);
});

t.test('a terminal is shown how far it is', async (t) => {
  const padded = Buffer.concat([Buffer.alloc(2 ** 22, ' '), snapshot]);
  const folder = t.testdir({ in: padded.toString() });
  const { stderr } = await run([`${folder}/in`, '-'], [], true);
  t.match(stderr, /in: redacting, 100 %/);
  t.notMatch((await run([`${folder}/in`, '-'])).stderr, /\r/, 'and nobody else');
});

t.test('a wrong use is answered with the usage', async (t) => {
  for (const argv of [[], ['a'], ['a', 'b', 'c'], ['--wrong', 'a', 'b']]) {
    const { code, stderr } = await run(argv);
    t.equal(code, 2);
    t.match(stderr, /^TIDEMARK_ERR_CLI_USAGE: /);
    t.ok(stderr.endsWith(helpOf(redact)));
  }
  t.match(await run(['--help']), { code: 0, stdout: helpOf(redact) });
  t.match(helpOf(redact), /^Usage: tidemark redact IN OUT[^]*--force [^]*--help /);
});

t.test('in a process of its own it reads and writes its standard streams', async (t) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, 'redact', '-', '-'], {
    input: snapshot,
    env: environment,
  });
  t.equal(status, 0, String(stderr));
  t.ok(isRedacted(stdout));
});
