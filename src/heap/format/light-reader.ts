import { CLASS_OF_KIND, classOfElement } from '../passes/classes.js';
import { NODE_KINDS } from '../kinds.js';
import { ClassSums } from './class-sums.js';
import { invalid } from './faults.js';
import { HeapReader } from './heap-reader.js';
import type { Header } from './header.js';
import type { RowSink } from './number-list.js';

export interface LightClass {
  readonly name: string;
  readonly count: number;
  /** V8's own sizes: what belongs to an object through its edges is unknown here. */
  readonly selfBytes: number;
}

export interface LightSummary {
  readonly nodes: number;
  readonly edges: number;
  readonly selfBytes: number;
  /** All classes, largest first. */
  readonly classes: readonly LightClass[];
}

/**
 * Classes only, for when memory is short: nodes and edges are read but not kept, so little more than the string
 * section is in memory, a tenth of what {@link SnapshotReader} takes. Same usage, same errors.
 */
export class LightReader extends HeapReader {
  #sums: ClassSums | undefined;

  finish(): LightSummary {
    const { header, strings } = this.ends();
    const sums = this.#sums;
    if (sums === undefined) throw invalid('it has no "nodes"');
    const classes = new Map<string, { name: string; count: number; selfBytes: number }>();
    const add = (name: string, count: number, selfBytes: number): void => {
      const known = classes.get(name);
      if (known === undefined) classes.set(name, { name, count, selfBytes });
      else Object.assign(known, { count: known.count + count, selfBytes: known.selfBytes + selfBytes });
    };
    for (let name = 0; name < sums.nameCount.length; name++) {
      if (sums.nameCount[name] === 0) continue;
      if (name >= strings.count) throw invalid('a node has a name that is not among its strings');
      add(classOfElement(strings.text(name)), sums.nameCount[name]!, sums.nameBytes[name]!);
    }
    for (const [kind, name] of NODE_KINDS.entries()) {
      if (sums.kindCount[kind] === 0 || name === 'object' || name === 'native') continue;
      add(CLASS_OF_KIND[kind] ?? `(${name})`, sums.kindCount[kind]!, sums.kindBytes[kind]!);
    }
    const largestFirst = [...classes.values()].sort((a, b) => b.selfBytes - a.selfBytes);
    return {
      nodes: sums.nodes,
      edges: header.edgeCount,
      selfBytes: sums.selfBytes,
      classes: largestFirst,
    };
  }

  protected override rowsOf(section: string, header: Header): RowSink | undefined {
    return section === 'nodes' ? (this.#sums = new ClassSums(header, this.limits)) : undefined;
  }
}
