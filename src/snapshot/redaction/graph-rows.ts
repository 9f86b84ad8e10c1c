import type { Numbers } from '../../heap/format/number-list.js';
import type { ByteSink } from './byte-sink.js';
import { Column } from './column.js';
import type { Layout } from './layout.js';
import { faults, malformed } from './limits.js';
import { RowCopy } from './row-copy.js';
import { contentOfNode, EdgeUse, nameOfEdge, nameOfNode, noteEvidence, Use, type Uses } from './uses.js';

const NODE_USES: Readonly<Record<string, number>> = {
  object: Use.Class,
  closure: Use.Function,
  code: Use.Code,
  hidden: Use.Structure,
  array: Use.Structure,
  native: Use.Structure,
  synthetic: Use.Structure,
  'object shape': Use.Structure,
  'wasm object': Use.Structure,
  number: Use.Term,
  bigint: Use.Term,
  symbol: Use.Term,
};

const TEXT_TYPES = new Set(['string', 'concatenated string', 'sliced string']);

/** Every string has a user; a greater index would be a dangling reference, found before memory is spent on it. */
const highestPossibleName = ({ nodeCount, edgeCount }: Layout): number => nodeCount * 3 + edgeCount;

const nameOutside = (): Error => malformed('a name lies outside the strings');

/** Records how each node name is used, and maps it to the new table. */
export class NodeRows extends RowCopy {
  /** What edges need to know about the nodes, by ordinal. */
  readonly types: Column<Uint8Array>;
  readonly names: Column<Uint32Array>;
  readonly edgeCounts: Column<Uint32Array>;
  /** Sum over all nodes, in bytes. */
  selfSize = 0;
  readonly #layout: Layout;
  readonly #uses: Uses;
  readonly #useOfType: Uint16Array;
  #count = 0;
  #edges = 0;

  constructor(layout: Layout, uses: Uses, sink: ByteSink) {
    const { nodeCount, node } = layout;
    super(node.width, sink);
    const { maxNodes } = uses.limits;
    if (nodeCount > maxNodes) throw faults.beyondLimit('nodes', maxNodes);
    this.#layout = layout;
    this.#uses = uses;
    this.#useOfType = Uint16Array.from(node.types, (type) => NODE_USES[type] ?? Use.Value);
    this.types = new Column(Uint8Array, nodeCount, 'nodes');
    this.names = new Column(Uint32Array, nodeCount, 'nodes');
    this.edgeCounts = new Column(Uint32Array, nodeCount, 'nodes');
  }

  override take(values: Numbers, count: number): void {
    const { nodeCount, edgeCount, node } = this.#layout;
    const { width } = this;
    const reached = this.#count + count / width;
    if (reached > nodeCount) throw malformed('it has more nodes than its header says');
    for (const column of [this.types, this.names, this.edgeCounts]) column.fit(reached);
    const [types, names, edgeCounts] = [this.types.values, this.names.values, this.edgeCounts.values];
    const { type: typeField, name: nameField, selfSize: sizeField, edgeCount: edgesField } = node;
    const uses = this.#uses;
    let flags = uses.flags.values;
    let highest = uses.highestNodeName;
    const useOfType = this.#useOfType;
    const highestPossible = highestPossibleName(this.#layout);
    let ordinal = this.#count;
    let edges = this.#edges;
    let selfSize = this.selfSize;
    for (let at = 0; at < count; at += width, ordinal++) {
      const type = values[at + typeField]!;
      if (type >= useOfType.length) throw malformed('a node is of an unknown type');
      const name = values[at + nameField]!;
      if (name > highestPossible) throw nameOutside();
      if (name > highest) {
        highest = name;
        flags = uses.flags.fit(name + 1);
      }
      const use = useOfType[type]!;
      flags[name] = flags[name]! | use;
      values[at + nameField] = use === Use.Value ? contentOfNode(name) : nameOfNode(name);
      types[ordinal] = type;
      names[ordinal] = name;
      const edgesOfNode = values[at + edgesField]!;
      edges += edgesOfNode;
      // Checked before the column can wrap around.
      if (edges > edgeCount) throw malformed('its nodes have more edges than its header says');
      edgeCounts[ordinal] = edgesOfNode;
      selfSize += values[at + sizeField]!;
    }
    this.#count = ordinal;
    this.#edges = edges;
    this.selfSize = selfSize;
    uses.highestNodeName = uses.highestName = highest;
    super.take(values, count);
  }

  override end(): void {
    const { nodeCount, edgeCount } = this.#layout;
    if (nodeCount === 0) throw malformed('it has no nodes');
    if (this.#count !== nodeCount) throw malformed('it has fewer nodes than its header says');
    if (this.#edges !== edgeCount) throw malformed('its nodes have fewer edges than its header says');
    super.end();
  }
}

const EDGE_USES: Readonly<Record<string, number>> = {
  property: EdgeUse.Property,
  context: EdgeUse.Variable,
  internal: EdgeUse.Internal,
  shortcut: EdgeUse.Internal,
  weak: EdgeUse.Internal,
};

/** Records how each edge name is used and what code refers to, and maps names to the new table. */
export class EdgeRows extends RowCopy {
  readonly #layout: Layout;
  readonly #uses: Uses;
  readonly #nodes: NodeRows;
  /** By type; 0 for an edge whose name is an index: elements and hidden ones. */
  readonly #useOfType: Uint8Array;
  readonly #isText: Uint8Array;
  #count = 0;
  /** The node whose edges are being read, and how many of them are left. */
  #holder = -1;
  #remaining = 0;

  constructor(layout: Layout, uses: Uses, nodes: NodeRows, sink: ByteSink) {
    super(layout.edge.width, sink);
    const { maxEdges } = uses.limits;
    if (layout.edgeCount > maxEdges) throw faults.beyondLimit('edges', maxEdges);
    this.#layout = layout;
    this.#uses = uses;
    this.#nodes = nodes;
    this.#useOfType = Uint8Array.from(layout.edge.types, (type) => EDGE_USES[type] ?? 0);
    this.#isText = Uint8Array.from(layout.node.types, (type) => (TEXT_TYPES.has(type) ? 1 : 0));
  }

  override take(values: Numbers, count: number): void {
    const { nodeCount, edgeCount, node, edge } = this.#layout;
    if (this.#count + count / 3 > edgeCount) throw malformed('it has more edges than its header says');
    const nodeWidth = node.width;
    const code = node.types.indexOf('code');
    const internal = edge.types.indexOf('internal');
    const uses = this.#uses;
    const useOfType = this.#useOfType;
    const isText = this.#isText;
    const [types, names] = [this.#nodes.types.values, this.#nodes.names.values];
    const edgeCounts = this.#nodes.edgeCounts.values;
    const highestPossible = highestPossibleName(this.#layout);
    let holder = this.#holder;
    let remaining = this.#remaining;
    for (let at = 0; at < count; at += 3) {
      const type = values[at]!;
      if (type >= useOfType.length) throw malformed('an edge is of an unknown type');
      const use = useOfType[type]!;
      if (use !== 0) {
        const name = values[at + 1]!;
        if (name > highestPossible) throw nameOutside();
        values[at + 1] = nameOfEdge(uses, name, use);
      }
      const offset = values[at + 2]!;
      const target = (offset / nodeWidth) | 0;
      if (target >= nodeCount || target * nodeWidth !== offset)
        throw malformed('an edge leads outside the nodes');
      while (remaining === 0) remaining = edgeCounts[++holder]!;
      remaining -= 1;
      if (types[holder] === code && isText[types[target]!] === 1) {
        noteEvidence(uses, names[holder]!, names[target]!, type === internal);
      }
    }
    this.#count += count / 3;
    this.#holder = holder;
    this.#remaining = remaining;
    super.take(values, count);
  }

  override end(): void {
    if (this.#count !== this.#layout.edgeCount) throw malformed('it has fewer edges than its header says');
    super.end();
  }
}

/** Maps the names of the functions of an allocation trace, and of their files, to the new table. */
export class TraceFunctionRows extends RowCopy {
  readonly #layout: Layout;
  readonly #uses: Uses;

  constructor(layout: Layout, uses: Uses, sink: ByteSink) {
    super(layout.traceFunction.width, sink);
    this.#layout = layout;
    this.#uses = uses;
  }

  override take(values: Numbers, count: number): void {
    const { name, script } = this.#layout.traceFunction;
    for (let row = 0; row < count; row += this.width) {
      if (name >= 0) this.#point(values, row + name, EdgeUse.Function);
      if (script >= 0) this.#point(values, row + script, EdgeUse.File);
    }
    super.take(values, count);
  }

  #point(values: Numbers, at: number, use: number): void {
    const index = values[at]!;
    if (index > highestPossibleName(this.#layout)) throw nameOutside();
    values[at] = nameOfEdge(this.#uses, index, use);
  }
}
