import t from 'tap';
import { splitFileName } from '../../../src/snapshot/redaction/file-name.js';

t.test('a file keeps its name', async (t) => {
  for (const name of [
    '',
    '/app/src/main.js',
    'file:///app/node_modules/a%20b/index.mjs',
    'node:internal/fs/streams',
    'node:',
    'evalmachine.<anonymous>',
    '[eval]-wrapper',
    String.raw`C:\\app\\main.js`.replaceAll('\\\\', '/'),
    'get $&',
    "set $'",
    '(code for read)',
    String.raw`/app/\u00fcber.js`,
    'webpack://app/./src/index.ts',
  ]) {
    t.same(splitFileName(name), { kept: name }, name);
  }
});

t.test('what a URL carries beside it is cut off', async (t) => {
  for (const [name, kept, secret] of [
    ['data:text/javascript,let a = 1', 'data:', 'text/javascript,let a = 1'],
    ['DATA:text/javascript,x', 'data:', 'text/javascript,x'],
    ['blob:nodedata:0123', 'blob:', 'nodedata:0123'],
    ['javascript:alert(1)', 'javascript:', 'alert(1)'],
    ['file:///a/b.mjs?token=1', 'file:///a/b.mjs?', 'token=1'],
    ['file:///a/b.mjs#part', 'file:///a/b.mjs#', 'part'],
    ['/a/b.mjs?x', '/a/b.mjs?', 'x'],
    ['https://me:word@example.com/a.js', 'https://', 'me:word@example.com/a.js'],
  ] as const) {
    t.same(splitFileName(name), { kept, secret }, name);
  }
});

t.test('what is no name at all is replaced', async (t) => {
  const long = 'x'.repeat(1025);
  for (const name of [long, String.raw`two\nlines`, String.raw`nul\u0000`]) {
    t.same(splitFileName(name), { kept: '', secret: name }, name.slice(0, 10));
  }
});
