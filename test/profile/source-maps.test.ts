import path from 'node:path';
import { pathToFileURL } from 'node:url';
import t from 'tap';
import ts from 'typescript';
import { createLocator, placeText } from '../../src/profile/place.js';
import { createSourceMaps } from '../../src/profile/source-maps.js';

const SOURCE = ['type A = 1;', '', 'export function first(a: A): A {', '  return a;', '}', ''].join('\n');
const compiled = ts.transpileModule(SOURCE, {
  fileName: 'first.ts',
  compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022, sourceMap: true },
});
const code = compiled.outputText.replace(/\/\/#.*/, '');
const map = compiled.sourceMapText ?? '';
const encoded = encodeURIComponent(map);

t.test('positions are read from a map beside the file, inside it, or nowhere', async (t) => {
  const root = t.testdir({
    'beside.js': compiled.outputText,
    'first.js.map': map,
    'commented.js': `${code}\n/*# sourceMappingURL=first.js.map */\n`,
    'base64.js': `${code}\n//# sourceMappingURL=data:application/json;charset=utf-8;base64,${Buffer.from(map).toString('base64')}`,
    'escaped.js': `${code}\n//@ sourceMappingURL=data:application/json,${encoded}`,
    'twice.js': `const s = \`\n//# sourceMappingURL=missing.map\n\`;\n${compiled.outputText}`,
    'plain.js': code,
  });
  const maps = createSourceMaps();
  const url = (file: string): string => pathToFileURL(path.join(root, file)).href;
  await maps.prepare(['beside.js', 'commented.js', 'base64.js', 'escaped.js', 'plain.js'].map(url));
  await maps.prepare([path.join(root, 'beside.js'), url('beside.js')]);
  t.equal(maps.files, 6, 'paths are known as they were asked for');
  // V8 gives the position of the parameters' parenthesis: column 22.
  for (const file of ['beside.js', 'commented.js', 'base64.js', 'escaped.js']) {
    t.match(maps.map(url(file), 1, 22), { url: url('first.ts'), line: 3 }, file);
  }
  t.match(maps.map(path.join(root, 'beside.js'), 1, 22), { url: url('first.ts'), line: 3 });
  t.equal(maps.map(url('plain.js'), 1, 22), undefined);
  t.equal(maps.map(url('beside.js'), 0, 0), undefined, 'a frame without a position');
  t.equal(maps.map('file:///never/asked.js', 1, 1), undefined);

  await maps.prepare([url('twice.js')]);
  t.match(maps.map(url('twice.js'), 3, 22), { url: url('first.ts') }, 'the last comment counts');
});

t.test('a map that cannot be used leaves the frame as it is', async (t) => {
  const root = t.testdir({
    'missing-map.js': '//# sourceMappingURL=nowhere.map\n',
    'broken.js': '//# sourceMappingURL=broken.js.map\n',
    'broken.js.map': '{ not json',
    'nothing.js': '//# sourceMappingURL=data:application/json,null\n',
    'remote.js': '//# sourceMappingURL=https://example.invalid/x.map\n',
    'large.js': `${' '.repeat(5000)}\n//# sourceMappingURL=broken.js.map\n`,
    'large-map.js': '//# sourceMappingURL=large-map.js.map\n',
    'large-map.js.map': JSON.stringify({ mappings: '', padding: 'x'.repeat(5000) }),
  });
  const maps = createSourceMaps({ maxFileBytes: 4096 });
  const file = (name: string): string => path.join(root, name);
  const failing = ['missing-map.js', 'broken.js', 'nothing.js', 'remote.js', 'gone.js'].map(file);
  const unread = [file('large.js'), file('large-map.js'), 'evalmachine.<anonymous>', '[eval]'];
  await maps.prepare([...failing, ...unread]);
  for (const one of [...failing, ...unread]) t.equal(maps.map(one, 1, 1), undefined, one);
  t.match(createLocator(maps, root)({ functionName: 'f', url: file('broken.js'), line: 3, column: 4 }), {
    file: 'broken.js',
    line: 3,
    column: 4,
  });
});

t.test('the files remembered are bounded', async (t) => {
  const names = Array.from({ length: 5 }, (_, index) => `f${index}.js`);
  const root = t.testdir({
    ...Object.fromEntries(names.map((name) => [name, compiled.outputText])),
    'first.js.map': map,
  });
  const maps = createSourceMaps({ maxFiles: 2 });
  await maps.prepare(names.map((name) => path.join(root, name)));
  t.equal(maps.files, 2);
  t.equal(maps.map(path.join(root, 'f0.js'), 1, 22), undefined);
  t.ok(maps.map(path.join(root, 'f4.js'), 1, 22));
});

t.test('names and roots that a map carries are used', async (t) => {
  const { mappings } = JSON.parse(map) as { mappings: string };
  // The same mappings, whose first segment of line 1 carries name 0.
  const named = `AAAAA${mappings.slice(mappings.search(/[,;]/))}`;
  const payload = { version: 3, sources: ['a.ts'], names: ['original'], sourceRoot: 'src', mappings: named };
  const root = t.testdir({
    'min.js': `function a(){}\n//# sourceMappingURL=data:application/json,${encodeURIComponent(JSON.stringify(payload))}`,
  });
  const maps = createSourceMaps();
  const url = pathToFileURL(path.join(root, 'min.js')).href;
  await maps.prepare([url]);
  t.match(maps.map(url, 1, 2), {
    functionName: 'original',
    url: pathToFileURL(path.join(root, 'src/a.ts')).href,
  });
  const locate = createLocator(maps, root);
  t.match(locate({ functionName: '', url, line: 1, column: 2 }), { function: 'original', file: 'src/a.ts' });
  t.match(locate({ functionName: 'kept', url, line: 1, column: 2 }), { function: 'kept' });
  t.match(createLocator()({ functionName: '', url: '/elsewhere/x.js', line: 1, column: 2 }), {
    function: '(anonymous)',
    file: '/elsewhere/x.js',
  });
  t.equal(placeText({ function: 'set', file: '', line: 0, column: 0 }), 'set');
  t.equal(placeText({ function: 'f', file: 'a.js', line: 1, column: 2 }), 'f (a.js:1:2)');
});
