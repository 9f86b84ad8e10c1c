import { createRequire } from 'node:module';

const { getFullHeapFromFile } = createRequire(import.meta.url)('@memlab/heap-analysis');

/** memlab has retained sizes by node; a class is their sum, because none of these is inside another. @type {import('./case.js').Analyze} */
export async function analyze(file, classes) {
  const heap = await getFullHeapFromFile(file);
  const sums = new Map(classes.map((name) => [name, { name, count: 0, retainedBytes: 0 }]));
  let totalBytes = 0;
  for (let i = 0; i < heap.nodes.length; i++) {
    /** @type {{ name: string, type: string, self_size: number, retainedSize: number }} */
    const node = heap.nodes.get(i);
    totalBytes += node.self_size;
    const sum = node.type === 'object' ? sums.get(node.name) : undefined;
    if (sum === undefined) continue;
    sum.count += 1;
    sum.retainedBytes += node.retainedSize;
  }
  return { totalBytes, classes: [...sums.values()] };
}
