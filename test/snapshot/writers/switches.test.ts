import v8 from 'node:v8';
import t from 'tap';
import { backgroundGcFlags, createGcFlags } from '../../../src/snapshot/writers/gc-flags.js';
import { parseFlagValues, readV8Flags, v8Arguments } from '../../../src/snapshot/writers/v8-flags.js';

t.test('only what is on is switched off, and only that is switched on again', async (t) => {
  const set: string[] = [];
  const values = new Map([
    ['concurrent-marking', true],
    ['concurrent-sweeping', false],
  ]);
  const flags = createGcFlags(values, (flag) => set.push(flag));
  flags.restore();
  t.same(set, [], 'nothing to put back');
  flags.disableBackgroundGc();
  t.same(
    set,
    ['--no-concurrent-marking'],
    'what the operator had off is not touched, nor what V8 does not know',
  );
  flags.restore();
  flags.restore();
  t.same(set, ['--no-concurrent-marking', '--concurrent-marking']);
});

t.test('V8 itself sees the switches change and return', async (t) => {
  const { values } = await readV8Flags();
  const tag = v8.cachedDataVersionTag();
  const flags = createGcFlags(values);
  flags.disableBackgroundGc();
  t.not(v8.cachedDataVersionTag(), tag, 'V8 hashes incremental marking into this tag');
  flags.restore();
  t.equal(v8.cachedDataVersionTag(), tag);
});

const none = { execArgv: [], nodeOptions: undefined };

t.test('this V8 knows every switch that matters, and all are on', async (t) => {
  const { values, arguments: given } = await readV8Flags({ execPath: process.execPath, ...none });
  t.same(given, []);
  for (const name of backgroundGcFlags) t.equal(values.get(name), true, name);
});

t.test(
  'what the command line or the environment switched off is seen, and what follows from it',
  async (t) => {
    const { values, arguments: given } = await readV8Flags({
      execPath: process.execPath,
      execArgv: [
        '--single_threaded_gc',
        '--require',
        './boot.js',
        '--inspect=0',
        '--expose-gc',
        '--trace-gc',
      ],
      nodeOptions: '--no-incremental-marking --enable-source-maps --prof',
    });
    t.same(
      given,
      ['--no-incremental-marking', '--single_threaded_gc'],
      'nothing that loads, listens or writes',
    );
    for (const name of ['incremental-marking', 'concurrent-marking', 'concurrent-sweeping']) {
      t.equal(values.get(name), false, name);
    }
  },
);

t.test('printed flags: switches, values, and names that begin with no', async (t) => {
  const { switches, names } = parseFlagValues('--a-b\n--no-c\n--d=12\nnoise\n--e=""\n');
  t.same(
    [...switches],
    [
      ['a-b', true],
      ['c', false],
    ],
  );
  t.same([...names], ['a-b', 'c', 'd', 'e']);
  t.same(v8Arguments({ ...none, execArgv: ['--nominor-ms', '--minor-ms-x'] }, new Set(['minor-ms'])), [
    '--nominor-ms',
  ]);
});

t.test('another program in the place of Node is refused', async (t) => {
  await t.rejects(readV8Flags({ execPath: '/bin/echo', ...none }), /does not print the flags/);
  await t.rejects(readV8Flags({ execPath: '/no/such/node', ...none }), /ENOENT/);
});
