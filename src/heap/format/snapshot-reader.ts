import type { HeapGraph } from '../graph.js';
import type { NodeOrdinal } from '../index-types.js';
import type { HeapLimits } from '../limits.js';
import type { StringTable } from '../strings.js';
import { EdgeColumns } from './edge-columns.js';
import { beyondLimit, invalid } from './faults.js';
import { HeapReader } from './heap-reader.js';
import type { Header } from './header.js';
import { LocationColumns } from './location-columns.js';
import { NodeColumns } from './node-columns.js';
import type { RowSink } from './number-list.js';

export interface ReaderOptions {
  readonly limits?: Partial<HeapLimits>;
  /** Size of the file if known: memory is then allocated once, not in steps. */
  readonly expectedBytes?: number;
}

/**
 * Reads the whole graph. Only the columns of {@link HeapGraph} and one chunk are in memory, and strings are not
 * decoded.
 */
export class SnapshotReader extends HeapReader {
  readonly #expectedBytes: number | undefined;
  #nodes: NodeColumns | undefined;
  #edges: EdgeColumns | undefined;
  #locations: LocationColumns | undefined;

  constructor({ limits, expectedBytes }: ReaderOptions = {}) {
    super(limits);
    this.#expectedBytes = expectedBytes;
    if (expectedBytes !== undefined && expectedBytes > this.limits.maxBytes) {
      throw beyondLimit('bytes', this.limits.maxBytes);
    }
  }

  /** The whole graph; call once, after the last chunk. */
  finish(): HeapGraph {
    const { header, strings } = this.ends();
    const [nodes, edges] = [this.#nodes, this.#edges];
    if (!nodes || !edges) throw invalid(`it has no ${nodes ? '"edges"' : '"nodes"'}`);
    nodes.finish();
    edges.finish(strings.count);
    checkNames(nodes.name, strings);
    const locations = (this.#locations ?? new LocationColumns(header)).locations();
    return {
      nodeCount: nodes.count,
      edgeCount: edges.count,
      root: (header.rootIndex / header.node.width) as NodeOrdinal,
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

  protected override rowsOf(section: string, header: Header): RowSink | undefined {
    switch (section) {
      case 'nodes':
        return (this.#nodes = new NodeColumns(header, this.limits, this.#expectedBytes));
      case 'edges':
        return (this.#edges = new EdgeColumns(header, this.limits, this.#expectedBytes));
      case 'locations':
        return (this.#locations = new LocationColumns(header));
      default:
        return undefined;
    }
  }
}

function checkNames(names: Uint32Array, { count }: StringTable): void {
  for (let node = 0; node < names.length; node++) {
    if (names[node]! >= count) throw invalid(`node ${node} has a name that is not among its strings`);
  }
}
