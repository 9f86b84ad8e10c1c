import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { VERDICT_NAMES } from '../../../src/verdict/verdict.js';
import { allScenarios, loadScenario } from '../../../bench/verdict/catalogue.js';
import { integer, normal, seededRandom } from '../../../bench/verdict/random.js';

const SCENARIOS = fileURLToPath(new URL('../../../../bench/verdict/scenarios', import.meta.url));

const draws = (seed: number): number[] => Array.from({ length: 1000 }, seededRandom(seed));

t.test('one seed is one sequence', async (t) => {
  t.same(draws(5), draws(5));
  t.notSame(draws(5), draws(6));
  t.ok(draws(5).every((one) => one >= 0 && one < 1));
  const random = seededRandom(1);
  const dice = Array.from({ length: 6000 }, () => integer(random, 6));
  for (let face = 0; face < 6; face += 1) {
    const times = dice.filter((one) => one === face).length;
    t.ok(Math.abs(times - 1000) < 150, `${face}: ${times} times`);
  }
  const sum = Array.from({ length: 4000 }, () => normal(random)).reduce((all, one) => all + one ** 2, 0);
  t.ok(Math.abs(sum / 4000 - 1) < 0.1, `variance ${sum / 4000}`);
});

t.test('every file of the catalogue is a scenario that can be scored', async (t) => {
  const entries = await allScenarios();
  const files = (await readdir(SCENARIOS, { recursive: true })).filter((file) => file.endsWith('.ts'));
  t.same(entries.map(({ family, name }) => `${family}/${name}.ts`).toSorted(), files.toSorted());
  t.equal(new Set(entries.map(({ name }) => name)).size, entries.length, 'no name twice');
  const leaks = entries.filter(({ label }) => ['leaking', 'native-growth'].includes(label.verdict));
  t.ok(leaks.length >= 24, `${leaks.length} leaks`);
  t.ok(entries.length - leaks.length >= 16, `${entries.length - leaks.length} innocents`);
  for (const { name, label, load } of entries) {
    t.ok(
      [label.verdict, ...(label.alsoRight ?? [])].every((one) => VERDICT_NAMES.includes(one)),
      name,
    );
    const asked = new Set(load.mix.map(({ route }) => route));
    for (const route of label.routes ?? []) t.ok(asked.has(route), `${name}: ${route} is asked for`);
    if (label.site === undefined) continue;
    const source = await readFile(path.join(SCENARIOS, label.site.file), 'utf8');
    for (const one of label.site.functions) t.ok(source.includes(one.split('.').at(-1)!), `${name}: ${one}`);
  }
  await t.rejects(loadScenario('load', 'nonesuch'));
});

t.test('every request of the catalogue asks for what its route says, and reproducibly', async (t) => {
  for (const { name, load } of await allScenarios()) {
    for (const { route, weight, request } of load.mix) {
      const [method, pattern] = route.split(' ');
      const specs = [1, 2].map(() => request(seededRandom(3), 5));
      const shape = new RegExp(`^${pattern!.replaceAll(/:\w+/g, '[^/?]+').replaceAll('*', '.*')}(\\?.*)?$`);
      t.ok(weight > 0 && (specs[0]!.method ?? 'GET') === method, `${name}: ${route}`);
      t.match(specs[0]!.path, shape, name);
      t.same(specs[0], specs[1], `${name}: ${route}`);
    }
  }
});
