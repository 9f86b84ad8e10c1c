import t from 'tap';
import { describeHolder, profilerHolder, type HolderSigns } from '../../src/profile/profiler-holder.js';

const nothing: HolderSigns = { nodeOptions: [], loadedFiles: [], inspectable: false };

t.test('who holds the profiler is named as far as it can be known', async (t) => {
  t.match(describeHolder(nothing), /another inspector session.*a profiler agent or a debugger/);
  for (const option of ['--heap-prof', '--heap-prof=true']) {
    t.match(describeHolder({ ...nothing, nodeOptions: ['--no-warnings', option] }), /^--heap-prof holds/);
  }
  t.notMatch(describeHolder({ ...nothing, nodeOptions: ['--heap-prof-dir=/tmp'] }), /^--heap-prof/);
  t.match(describeHolder({ ...nothing, inspectable: true }), /Node runs with --inspect/);
  const loadedFiles = [
    '/app/node_modules/@datadog/pprof/out/src/index.js',
    'C:\\app\\node_modules\\@pyroscope\\nodejs\\index.js',
    '/app/node_modules/pprof-format/dist/index.js',
    '/app/src/pprof/index.js',
  ];
  t.match(
    describeHolder({ ...nothing, loadedFiles, inspectable: true }),
    /possibly @datadog\/pprof or @pyroscope\/nodejs$/,
  );
});

t.test('this process is looked at without a fault', async (t) => {
  t.match(profilerHolder(), /sampl/);
});
