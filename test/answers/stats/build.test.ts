import t from 'tap';
import { textOf } from '../../../src/answers/render/text.js';
import { statsBlocks } from '../../../src/answers/stats/blocks.js';
import { buildStats } from '../../../src/answers/stats/build.js';
import { scriptedCore } from '../helpers/scripted-core.js';

t.test('stats of a process that can read nothing have only what is always there', async (t) => {
  const { core } = scriptedCore({ requests: { enabled: false }, verdict: { enabled: false } });
  const stats = buildStats(core);
  t.match(stats, { process: { pid: process.pid }, gc: { major: { count: 0 } }, cost: { errors: {} } });
  for (const absent of [
    'heap',
    'external',
    'rssBytes',
    'cgroup',
    'limit',
    'eventLoop',
    'routes',
    'verdict',
  ]) {
    t.notOk(absent in stats, absent);
  }
  t.ok(textOf(statsBlocks(stats)).length > 100);
});
