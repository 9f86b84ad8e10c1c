import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import path from 'node:path';

/** Shares of all code that ran in the tests below which CI fails, percent. */
const thresholds = { lines: 95, branches: 90 } as const;

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Reads what the last `npm test` recorded. */
function main(): number {
  const report = spawnSync(path.join(root, 'node_modules', '.bin', 'tap'), ['report', 'json-summary'], {
    cwd: root,
    encoding: 'utf8',
  });
  const file = path.join(root, '.tap', 'report', 'coverage-summary.json');
  let summary: { total: Record<keyof typeof thresholds, { pct: number }> };
  try {
    summary = JSON.parse(readFileSync(file, 'utf8')) as typeof summary;
  } catch {
    console.error(`No coverage was recorded; run "npm test" first.\n${report.stderr}`);
    return 1;
  }
  let failures = 0;
  for (const name of Object.keys(thresholds) as (keyof typeof thresholds)[]) {
    const { pct } = summary.total[name];
    const enough = pct >= thresholds[name];
    if (!enough) failures += 1;
    console.log(`${name}: ${pct} % covered, ${thresholds[name]} % wanted${enough ? '' : ' — too little'}`);
  }
  return failures === 0 ? 0 : 1;
}

process.exitCode = main();
