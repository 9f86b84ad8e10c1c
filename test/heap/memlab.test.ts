import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { analyzeHeap } from '../../src/heap/analysis.js';
import { skipUnless } from '../helpers/required-tool.js';
import { readBytes } from './helpers/builder.js';
import { LEAKING_PROGRAM, runProgram, temporaryFolder } from './helpers/real.js';

// memlab is a peer of the benchmarks and no dependency: `npm ci --prefix bench --ignore-scripts` installs it.
const bench = fileURLToPath(new URL('../../../bench/', import.meta.url));
const skip = skipUnless(
  existsSync(path.join(bench, 'node_modules/@memlab/heap-analysis')),
  'memlab is not installed; npm ci --prefix bench --ignore-scripts does that',
);

interface MemlabNode {
  readonly id: number;
  readonly name: string;
  readonly type: string;
  readonly self_size: number;
  readonly retainedSize: number;
  readonly dominatorNode: { readonly id: number } | null;
}

t.test(
  'class counts, and retained sizes and dominators of what a program made, are those of memlab',
  { skip },
  async (t) => {
    const folder = await temporaryFolder(t);
    // DevTools lets the key of a WeakMap hold the value, memlab both key and table: without one they must agree.
    const cache = LEAKING_PROGRAM['cache.cjs'].replace(/timer\.set\(.*\);/, '');
    await runProgram(folder, { ...LEAKING_PROGRAM, 'cache.cjs': cache });
    const file = path.join(folder, '1.heapsnapshot');
    const { getFullHeapFromFile } = createRequire(path.join(bench, 'package.json'))(
      '@memlab/heap-analysis',
    ) as {
      getFullHeapFromFile(
        file: string,
      ): Promise<{ nodes: { length: number; get(index: number): MemlabNode } }>;
    };
    const { graph, retainedSize, dominator, namer, classes, aggregates } = await analyzeHeap(
      readBytes(readFileSync(file)),
      {
        sizes: 'v8',
      },
    );
    const heap = await getFullHeapFromFile(file);
    t.equal(heap.nodes.length, graph.nodeCount);
    const theirCounts = new Map<string, number>();
    let compared = 0;
    const different: string[] = [];
    for (let node = 0; node < graph.nodeCount; node++) {
      const theirs = heap.nodes.get(node);
      if (theirs.id !== graph.nodeId[node]) throw new Error(`node ${node} is another`);
      if ((theirs.type === 'object' || theirs.type === 'native') && theirs.self_size > 0) {
        const name = theirs.name.replace(/^Detached /, '');
        theirCounts.set(name, (theirCounts.get(name) ?? 0) + 1);
      }
      // Other than DevTools, memlab lets what is the runtime's own hold what the program can reach, such as interned strings
      // that are keys of the Map too. What is below the sessions is the program's alone.
      if (theirs.type !== 'object' || namer.className(node) !== 'Session') continue;
      compared += 1;
      const [ours, its] = [graph.nodeId[dominator[node]!], theirs.dominatorNode?.id];
      if (theirs.retainedSize !== retainedSize[node] || ours !== its) {
        different.push(
          `@${theirs.id} ${theirs.name}: ${theirs.retainedSize} by @${its}, ours ${retainedSize[node]} by @${ours}`,
        );
      }
    }
    const ours = new Map(classes.names.map((name, row) => [name, aggregates.count[row]]));
    t.ok(theirCounts.size > 100, `${theirCounts.size} classes`);
    t.same(
      [...theirCounts].filter(([name, count]) => ours.get(name) !== count),
      [],
      'instances of each class',
    );
    t.equal(compared, 1500);
    t.same(different.slice(0, 5), [], `${different.length} differ`);
  },
);
