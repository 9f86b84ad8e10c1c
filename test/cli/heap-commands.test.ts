import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import t from 'tap';
import { analyze } from '../../src/cli/analyze.js';
import { compare } from '../../src/cli/compare.js';
import { SnapshotBuilder } from '../heap/helpers/builder.js';
import { temporaryFolder } from '../heap/helpers/real.js';
import { run as runCommand, type Outcome } from './run.js';

const main = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));

const run = (argv: readonly string[], isTTY = false): Promise<Outcome> =>
  runCommand([analyze, compare], argv, { isTTY });

/** A heap of one global with a cache of `entries` items, and a name that is markup and steers a terminal. */
function heap(entries: number): string {
  const b = new SnapshotBuilder();
  const global = b.node('global');
  const cache = b.node('Array', { size: 100, id: 5 });
  const evil = b.node('<img src=x onerror=alert(1)>\u001B[31m', { size: 60, id: 7 });
  b.edge(0, global, 'global', 'shortcut')
    .edge(global, cache, 'cache')
    .edge(global, evil, '</style>"\u001B]0;x');
  for (let i = 0; i < entries; i++) {
    b.edge(cache, b.node('Item', { size: 50, id: 101 + 4 * i }), i, 'element');
    b.edge(cache, b.node('secret text', { kind: 'string', size: 20, id: 103 + 4 * i }), i + 9000, 'element');
  }
  return JSON.stringify(b.raw());
}

const folder = await temporaryFolder(t);
const file = (name: string) => path.join(folder, name);
await writeFile(file('a.heapsnapshot'), heap(1000));
await writeFile(file('b.heapsnapshot'), heap(1500));
await writeFile(file('c.heapsnapshot.gz'), gzipSync(heap(2500)));

async function start(argv: readonly string[]): Promise<Omit<Outcome, 'bytes'>> {
  const child = spawn(process.execPath, [main, ...argv], { stdio: ['ignore', 'pipe', 'pipe'] });
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ]);
  return { code: code ?? -1, stdout, stderr };
}

t.test('analyze prints what holds the memory', async (t) => {
  const { code, stdout, stderr } = await run(['analyze', file('a.heapsnapshot'), '--top', '3']);
  t.equal(code, 0);
  t.equal(stderr, '', 'no progress where nobody looks');
  t.match(stdout, /globalThis\.cache → Array/);
  t.match(stdout, /1,000 × Item/);
  t.match(stdout, /Duplicate strings: 999/);
  t.notMatch(stdout, 'secret text');
  // oxlint-disable-next-line no-control-regex
  t.notMatch(stdout, /[\u0000-\u0009\u000B-\u001F]/, 'nothing of the file steers the terminal');
});

t.test('analyze shows texts when asked, and progress on a terminal', async (t) => {
  const { stdout, stderr } = await run(['analyze', file('a.heapsnapshot'), '--show-strings'], true);
  t.match(stdout, 'secret text');
  t.match(stderr, /a\.heapsnapshot: reading, 100 %/);
  t.match(stderr, /finding dominators/);
  t.ok(stderr.endsWith('\r\u001B[K'), 'the line is wiped');
});

t.test('the JSON is one document with the same facts', async (t) => {
  const { code, stdout } = await run(['analyze', file('a.heapsnapshot'), '--json', '--top', '2']);
  t.equal(code, 0);
  const summary = JSON.parse(stdout) as { classes: object[]; suspects: object[]; nodes: number };
  t.equal(summary.nodes, 2004);
  t.equal(summary.classes.length, 2);
  t.match(summary.suspects[0], {
    object: { class: 'Array', retainedBytes: 70_100 },
    path: { text: /cache/ },
  });
});

t.test('the page is self-contained and escaped, and only its owner may read it', async (t) => {
  for (const argv of [
    ['analyze', file('a.heapsnapshot')],
    ['analyze', '--light', file('a.heapsnapshot')],
    ['compare', file('a.heapsnapshot'), file('b.heapsnapshot')],
  ]) {
    const page = file(`${argv.length}-${argv[0]}-${argv[1]!.length}.html`);
    const { code, stdout, stderr } = await run([...argv, '--html', page]);
    t.same({ code, stdout, stderr }, { code: 0, stdout: '', stderr: '' });
    const html = await readFile(page, 'utf8');
    t.notMatch(html, /<(img|script|link|iframe)/i);
    t.notMatch(html, /\b(src|href)=|url\(|@import/i, 'nothing comes from elsewhere');
    t.match(html, "default-src 'none'");
    t.match(html, '</html>');
    if (process.platform !== 'win32') t.equal((await stat(page)).mode & 0o777, 0o600);
  }
  const html = await readFile(file('2-analyze-' + file('a.heapsnapshot').length + '.html'), 'utf8');
  t.match(html, /<svg[\s\S]*<rect[\s\S]*Array @5: 68\.5 KiB/);
  t.match(html, /&lt;img/);
});

t.test('gzip with zeros behind it is read', async (t) => {
  await writeFile(file('padded.gz'), Buffer.concat([gzipSync(heap(10)), Buffer.alloc(500)]));
  const { code, stdout } = await run(['analyze', '--light', file('padded.gz'), '--top', '1']);
  t.same([code, stdout.includes('objects')], [0, true]);
});

t.test('compare names who holds more, also from gzip', async (t) => {
  const files = [file('a.heapsnapshot'), file('b.heapsnapshot'), file('c.heapsnapshot.gz')];
  const { code, stdout } = await run(['compare', ...files]);
  t.equal(code, 0);
  t.match(stdout, /- Array @5 \+102\.5 KiB; 2,000 → 5,000 entries/);
  t.match(stdout, /retains 68\.5 KiB → 102\.6 KiB → 171\.0 KiB, more each time/);
  t.match(stdout, /new: 1,500 × Item/);
  t.match(stdout, /Item +2,500 +\+1,500 +1,500 +0/);
  const json = JSON.parse((await run(['compare', ...files, '--json'])).stdout) as {
    matchedBy: string;
    files: string[];
  };
  t.match(json, { matchedBy: 'ids', files });
});

t.test('the light pass prints classes', async (t) => {
  const { code, stdout } = await run(['analyze', '--light', file('c.heapsnapshot.gz'), '--top', '1']);
  t.equal(code, 0);
  t.match(stdout, /Item +2,500 +122\.1 KiB/);
  const json = JSON.parse(
    (await run(['analyze', '--light', '--json', file('a.heapsnapshot')])).stdout,
  ) as object;
  t.match(json, { nodes: 2004, classes: [{ name: 'Item', count: 1000 }] });
});

t.test('what is wrong has a code, and an exit code', async (t) => {
  await writeFile(file('cut.heapsnapshot'), heap(10).slice(0, 900));
  await writeFile(file('cut.gz'), gzipSync(heap(10)).subarray(0, 200));
  await writeFile(file('text.txt'), 'hello');
  const wrong: [argv: string[], code: number, message: RegExp][] = [
    [[], 2, /^TIDEMARK_ERR_CLI_USAGE: .*a command is missing/],
    [['annotate', 'x'], 2, /no command "annotate"/],
    [['annotate', 'analyze'], 2, /no command "annotate"/],
    [['analyze'], 2, /takes one file, not 0/],
    [['analyze', 'a', 'b'], 2, /takes one file, not 2/],
    [['compare', 'a'], 2, /takes 2 to 10 files/],
    [['compare', 'a', 'b', '--light'], 2, /Unknown option '--light'/],
    [['analyze', 'a', '--top', '0'], 2, /--top must be/],
    [['analyze', 'a', '--top', 'x'], 2, /--top must be/],
    [['analyze', 'a', '--nope'], 2, /--nope/],
    [['analyze', 'a', '--json', '--html', 'x'], 2, /exclude each other/],
    [['analyze', 'a', '--html', ''], 2, /--html needs/],
    [['analyze', file('none')], 1, /^TIDEMARK_ERR_CLI_FILE: .*none/],
    [['analyze', folder], 1, /^TIDEMARK_ERR_CLI_FILE: .*is no file/],
    [['analyze', file('text.txt')], 1, /^TIDEMARK_ERR_HEAP_INVALID: .*text\.txt/],
    [['analyze', file('cut.heapsnapshot')], 1, /^TIDEMARK_ERR_HEAP_TRUNCATED: .*cut\.heapsnapshot/],
    [['analyze', '--light', file('cut.heapsnapshot')], 1, /^TIDEMARK_ERR_HEAP_TRUNCATED/],
    [['analyze', file('cut.gz')], 1, /^TIDEMARK_ERR_CLI_FILE: .*unexpected end/],
    [['compare', file('a.heapsnapshot'), file('text.txt')], 1, /^TIDEMARK_ERR_HEAP_INVALID: .*text\.txt/],
    [
      ['analyze', file('a.heapsnapshot'), '--html', path.join(folder, 'no', 'x')],
      1,
      /^TIDEMARK_ERR_CLI_FILE/,
    ],
  ];
  for (const [argv, code, message] of wrong) {
    const outcome = await run(argv);
    t.equal(outcome.code, code, argv.join(' '));
    t.match(outcome.stderr, message, argv.join(' '));
    t.equal(outcome.stdout, '');
  }
});

t.test('the program itself runs, prints help and its version, and ends with the code', async (t) => {
  t.match(await start(['--help']), {
    code: 0,
    stdout:
      /^Usage: tidemark analyze FILE[^]*tidemark compare FIRST[^]*tidemark redact IN OUT[^]*--html OUTPUT[^]*--force[^]*Exit code 0/,
  });
  t.match(await start(['analyze', '--help']), {
    code: 0,
    stdout: /^Usage: tidemark analyze FILE[^]*--show-strings/,
  });
  t.match(await start(['--json', 'analyze', file('a.heapsnapshot')]), { code: 0, stdout: /"nodes": 2004/ });
  t.match(await start(['--version']), { code: 0, stdout: /^\d+\.\d+\.\d+\n$/ });
  t.match(await start(['analyze', file('a.heapsnapshot'), '--json']), { code: 0, stdout: /"nodes": 2004/ });
  t.match(await start(['analyze', file('none')]), { code: 1, stderr: /^TIDEMARK_ERR_CLI_FILE/ });
  t.match(await start(['--nope']), { code: 2 });
});
