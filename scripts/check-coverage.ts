import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Percentage of the product's own code that the tests must cover. */
const thresholds = { lines: 95, branches: 90 } as const;
const COUNTED = /^(src|plugins|routes)\//;

type Metric = keyof typeof thresholds;
type Summary = Record<string, Record<Metric, { total: number; covered: number }>>;

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Coverage recorded by the last `npm test`, by file. */
function readSummary(): Summary | undefined {
  const tap = path.join(root, 'node_modules', '.bin', 'tap');
  spawnSync(tap, ['report', 'json-summary'], { cwd: root });
  try {
    return JSON.parse(
      readFileSync(path.join(root, '.tap', 'report', 'coverage-summary.json'), 'utf8'),
    ) as Summary;
  } catch {
    return undefined;
  }
}

/** Percentage covered over all counted files; the tests themselves do not count. */
function covered(summary: Summary, metric: Metric): number {
  let [total, ran] = [0, 0];
  for (const [file, metrics] of Object.entries(summary)) {
    if (!COUNTED.test(path.relative(root, file))) continue;
    total += metrics[metric].total;
    ran += metrics[metric].covered;
  }
  return total === 0 ? 0 : (100 * ran) / total;
}

function main(): number {
  const summary = readSummary();
  if (summary === undefined) {
    console.error('No coverage was recorded; run "npm test" first.');
    return 1;
  }
  const results = (Object.keys(thresholds) as Metric[]).map((metric) => {
    const percent = covered(summary, metric);
    const enough = percent >= thresholds[metric];
    console.log(
      `${metric}: ${percent.toFixed(1)} % covered, ${thresholds[metric]} % wanted${enough ? '' : ': too little'}`,
    );
    return enough;
  });
  return results.every(Boolean) ? 0 : 1;
}

process.exitCode = main();
