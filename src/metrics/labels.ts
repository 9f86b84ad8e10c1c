/** The labels of one series, kept both as text, ready to be written, and as values. */
export interface Labels {
  /** `method="GET",route="/"`, escaped; empty for none. */
  readonly text: string;
  readonly values: Readonly<Record<string, string>>;
}

export const NO_LABELS: Labels = { text: '', values: {} };

export function labelsOf(values: Readonly<Record<string, string>>): Labels {
  const text = Object.entries(values)
    .map(([name, value]) => `${name}="${escapeLabelValue(value)}"`)
    .join(',');
  return { text, values };
}

/** `labels` and one more, whose value needs no escaping. */
export function withLabel(labels: Labels, name: string, plainValue: string): Labels {
  const own = `${name}="${plainValue}"`;
  return {
    text: labels.text === '' ? own : `${labels.text},${own}`,
    values: { ...labels.values, [name]: plainValue },
  };
}

/** The same three escapes hold in Prometheus text and in OpenMetrics. */
function escapeLabelValue(value: string): string {
  return value
    .replaceAll('\\', String.raw`\\`)
    .replaceAll('\n', String.raw`\n`)
    .replaceAll('"', String.raw`\"`);
}
