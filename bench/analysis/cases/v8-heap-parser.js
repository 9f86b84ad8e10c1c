import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const { decode_bytes: decode } = createRequire(import.meta.url)('@vscode/v8-heap-parser');

/** Rust compiled to WebAssembly; it takes the whole file as one array. @type {import('./case.js').Analyze} */
export async function analyze(file, classes) {
  const graph = decode(readFileSync(file));
  /** @type {{ name(): string, self_size: bigint, retained_size: bigint }[]} */
  const groups = graph.get_class_groups(0, 10_000, false);
  const counts = graph.get_class_counts(classes);
  return {
    totalBytes: groups.reduce((sum, group) => sum + Number(group.self_size), 0),
    classes: classes.map((name, i) => ({
      name,
      count: counts[i] ?? 0,
      retainedBytes: Number(groups.find((group) => group.name() === name)?.retained_size ?? 0),
    })),
  };
}
