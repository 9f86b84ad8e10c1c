import type { HeapGraph } from '../graph.js';
import type { NodeOrdinal } from '../index-types.js';
import { DEFAULT_LIMITS, type HeapLimits } from '../limits.js';
import type { StringTable } from '../strings.js';
import { EdgeColumns } from './edge-columns.js';
import { beyondLimit, invalid, truncated } from './fault.js';
import { parseHeader, type Header } from './header.js';
import { JsonValue } from './json-value.js';
import { LocationColumns } from './location-columns.js';
import { NodeColumns } from './node-columns.js';
import { NumberList } from './number-list.js';
import type { Section } from './section.js';
import { StringList } from './string-list.js';
import { TopLevel } from './top-level.js';

export interface ReaderOptions {
  readonly limits?: Partial<HeapLimits>;
  /** Size of the file when it is known: memory is then allocated once and not in steps. */
  readonly expectedBytes?: number;
}

/**
 * Reads a `.heapsnapshot` in one pass, from chunks of any size: `push` each, then `finish`. Never more than the columns of
 * {@link HeapGraph} and one chunk is in memory, and no text is made of what is read.
 *
 * The section `snapshot` must come first, as it says how the others are to be read; the order of the others does not
 * matter, and those that are not known are passed over (`trace_function_infos`, `trace_tree`, `samples`).
 *
 * Throws a {@link TidemarkError}: `TIDEMARK_ERR_HEAP_INVALID`, `TIDEMARK_ERR_HEAP_TRUNCATED` or
 * `TIDEMARK_ERR_HEAP_LIMIT`; the reader is of no use afterwards.
 */
export class SnapshotReader {
  readonly #limits: HeapLimits;
  readonly #expectedBytes: number | undefined;
  readonly #top = new TopLevel((name) => this.#begin(name));
  readonly #seen = new Set<string>();
  #bytes = 0;
  #headerValue: JsonValue | undefined;
  #header: Header | undefined;
  #nodes: NodeColumns | undefined;
  #edges: EdgeColumns | undefined;
  #locations: LocationColumns | undefined;
  #strings: StringList | undefined;

  constructor(options: ReaderOptions = {}) {
    this.#limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.#expectedBytes = options.expectedBytes;
    if (this.#expectedBytes !== undefined && this.#expectedBytes > this.#limits.maxBytes) {
      throw beyondLimit('bytes', this.#limits.maxBytes);
    }
  }

  /** Bytes read so far. */
  get bytes(): number {
    return this.#bytes;
  }

  push(chunk: Uint8Array): void {
    this.#bytes += chunk.length;
    if (this.#bytes > this.#limits.maxBytes) throw beyondLimit('bytes', this.#limits.maxBytes);
    this.#top.push(chunk);
  }

  /** The whole graph; to be called once, after the last chunk. */
  finish(): HeapGraph {
    if (this.#bytes === 0) throw truncated('it is empty');
    if (!this.#top.done) throw truncated(`it ends after ${this.#bytes} bytes within ${this.#top.place}`);
    const [header, nodes, edges, strings] = [this.#header, this.#nodes, this.#edges, this.#strings?.table()];
    if (!header || !nodes || !edges || !strings) {
      throw invalid(
        `it has no ${!header ? '"snapshot"' : !nodes ? '"nodes"' : !edges ? '"edges"' : '"strings"'}`,
      );
    }
    nodes.finish();
    edges.finish(strings.count);
    checkNames(nodes.name, strings);
    const locations = (this.#locations ?? new LocationColumns(header)).locations();
    return {
      nodeCount: nodes.count,
      edgeCount: edges.count,
      root: (header.rootIndex / header.node.fieldCount) as NodeOrdinal,
      nodeKind: nodes.kind,
      nodeName: nodes.name,
      nodeId: nodes.id,
      selfSize: nodes.selfSize,
      detachedness: nodes.detachedness,
      firstEdge: nodes.firstEdge,
      edgeKind: edges.kind,
      edgeName: edges.name,
      edgeTo: edges.to,
      locations,
      strings,
    };
  }

  #begin(name: string): Section {
    if (this.#seen.has(name)) throw invalid(`it has "${name}" twice`);
    if (this.#seen.size === 64) throw invalid('it has more than 64 sections');
    this.#seen.add(name);
    if (name === 'snapshot') return (this.#headerValue = new JsonValue(true));
    if (this.#headerValue === undefined) throw invalid(`it begins with "${name}" and not with "snapshot"`);
    const header = (this.#header ??= parseHeader(this.#headerValue.text()));
    switch (name) {
      case 'nodes':
        this.#nodes = new NodeColumns(header, this.#limits, this.#expectedBytes);
        return new NumberList(name, this.#nodes);
      case 'edges':
        this.#edges = new EdgeColumns(header, this.#limits, this.#expectedBytes);
        return new NumberList(name, this.#edges);
      case 'locations':
        this.#locations = new LocationColumns(header);
        return new NumberList(name, this.#locations);
      case 'strings':
        return (this.#strings = new StringList(this.#limits));
      default:
        return new JsonValue();
    }
  }
}

function checkNames(names: Uint32Array, { count }: StringTable): void {
  for (let node = 0; node < names.length; node++) {
    if (names[node]! >= count) throw invalid(`node ${node} has a name that is not among its strings`);
  }
}
