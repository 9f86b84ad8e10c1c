import { CLASS_OF_KIND, classOfElement } from '../passes/classes.js';
import { NODE_KINDS } from '../kinds.js';
import { DEFAULT_LIMITS, type HeapLimits } from '../limits.js';
import { ClassSums } from './class-sums.js';
import { beyondLimit, invalid, truncated } from './fault.js';
import { parseHeader } from './header.js';
import { JsonValue } from './json-value.js';
import { NumberList } from './number-list.js';
import type { Section } from './section.js';
import { StringList } from './string-list.js';
import { TopLevel } from './top-level.js';

export interface LightClass {
  readonly name: string;
  readonly count: number;
  /** By V8's own sizes: what belongs to an object through its edges is not known here. */
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
 * Classes only, for when memory is short: edges and nodes are read and not kept, so that little more than the section of
 * strings is in memory, a tenth of what {@link SnapshotReader} takes. Used the same way, and throws the same errors.
 */
export class LightReader {
  readonly #limits: HeapLimits;
  readonly #top = new TopLevel((name) => this.#begin(name));
  #bytes = 0;
  #header: JsonValue | undefined;
  #edges = 0;
  #sums: ClassSums | undefined;
  #strings: StringList | undefined;

  constructor(limits: Partial<HeapLimits> = {}) {
    this.#limits = { ...DEFAULT_LIMITS, ...limits };
  }

  push(chunk: Uint8Array): void {
    this.#bytes += chunk.length;
    if (this.#bytes > this.#limits.maxBytes) throw beyondLimit('bytes', this.#limits.maxBytes);
    this.#top.push(chunk);
  }

  finish(): LightSummary {
    if (!this.#top.done) throw truncated(`it ends after ${this.#bytes} bytes within ${this.#top.place}`);
    const sums = this.#sums;
    const strings = this.#strings?.table();
    if (sums === undefined || strings === undefined) throw invalid('it has no "nodes" or no "strings"');
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
    return { nodes: sums.nodes, edges: this.#edges, selfBytes: sums.selfBytes, classes: largestFirst };
  }

  #begin(name: string): Section {
    if (name === 'snapshot') return (this.#header = new JsonValue(true));
    if (this.#header === undefined) throw invalid(`it begins with "${name}" and not with "snapshot"`);
    if (name === 'nodes') {
      const header = parseHeader(this.#header.text());
      this.#edges = header.edgeCount;
      return new NumberList(name, (this.#sums = new ClassSums(header, this.#limits)));
    }
    return name === 'strings' ? (this.#strings = new StringList(this.#limits)) : new JsonValue();
  }
}
