import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

/** An alert as docker/prometheus/rules/tidemark.yml writes it. */
export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export function readRules(): AlertRule[] {
  const file: { groups: { rules: AlertRule[] }[] } = parse(
    readFileSync('docker/prometheus/rules/tidemark.yml', 'utf8'),
  );
  return file.groups.flatMap(({ rules }) => rules);
}

/** All PromQL of a dashboard: of panels and of the variables that ask for label values. */
export function dashboardExpressions(dashboard: unknown): string[] {
  const found: string[] = [];
  // The serialised form is walked, so that nothing depends on where the library keeps queries.
  JSON.parse(JSON.stringify(dashboard), (key, value: unknown) => {
    if (typeof value === 'string' && key === 'expr') found.push(value);
    if (typeof value === 'string' && key === 'definition') {
      found.push(value.replace(/^label_values\((.*), \w+\)$/, '$1'));
    }
    return value;
  });
  return found;
}
