import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { buildDashboard } from './dashboard/dashboard.js';

// Writes the Grafana dashboard, or with --check verifies that the committed one is up to date.
const { values } = parseArgs({
  options: {
    check: { type: 'boolean', default: false },
    out: { type: 'string', default: 'docker/grafana/dashboards/tidemark.json' },
  },
});

const wanted = `${JSON.stringify(buildDashboard(), null, 2)}\n`;

if (!values.check) {
  writeFileSync(values.out, wanted);
} else if (committed(values.out) !== wanted) {
  process.stderr.write(`${values.out} is stale; run: node dist/scripts/generate-dashboard.js\n`);
  process.exitCode = 1;
}

function committed(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
