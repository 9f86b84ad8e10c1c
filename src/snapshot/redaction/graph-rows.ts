import { bytesColumn, wordsColumn } from './column.js';
import type { Layout } from './header.js';
import { malformed, overLimit } from './malformed.js';
import type { NumberRow } from './number-section.js';
import { contentOfNode, EdgeUse, nameOfEdge, nameOfNode, noteEvidence, Use, type Uses } from './uses.js';

/** What the edges need to know of the nodes, by ordinal. */
export interface NodeTable {
  readonly count: number;
  readonly types: Uint8Array;
  readonly names: Uint32Array;
  readonly edgeCounts: Uint32Array;
}

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

/** Every string has a user; a greater index would be a reference into nowhere, found before memory is spent on it. */
const highestPossibleName = ({ nodeCount, edgeCount }: Layout): number => nodeCount * 3 + edgeCount;

const nameOutside = (): Error => malformed('a name lies outside the strings');

/** Reads the nodes: notes how each name is used, and points it to the new table. */
export function nodeRows(layout: Layout, uses: Uses): NumberRow & { table(): NodeTable; selfSize(): number } {
  const { maxNodes } = uses.limits;
  if (layout.nodeCount > maxNodes) throw overLimit(`${layout.nodeCount} nodes`);
  const useOfType = Uint16Array.from(layout.nodeTypes, (type) => NODE_USES[type] ?? Use.Value);
  const types = bytesColumn(layout.nodeCount, 'nodes');
  const names = wordsColumn(layout.nodeCount, 'nodes');
  const edgeCounts = wordsColumn(layout.nodeCount, 'nodes');
  const { nodeWidth, nodeType, nodeName, nodeSelfSize, nodeEdgeCount, nodeCount, edgeCount } = layout;
  const { flags } = uses;
  const highestPossible = highestPossibleName(layout);
  let ordinal = 0;
  let field = 0;
  let type = 0;
  let edges = 0;
  let selfSize = 0;
  // V8 puts the type first; a name before its type could not be judged.
  if (nodeType > nodeName) throw malformed('the fields of its nodes are in an unknown order');

  function noteName(index: number, use: number): void {
    if (index > highestPossible) throw nameOutside();
    if (index > uses.highestNodeName) {
      uses.highestNodeName = index;
      uses.highestName = index;
      flags.fit(index + 1);
    }
    flags.values[index] = flags.values[index]! | use;
  }

  function map(values: Float64Array, count: number): void {
    if (ordinal * nodeWidth + field + count > nodeCount * nodeWidth) {
      throw malformed('it has more nodes than its header says');
    }
    const reached = Math.min(nodeCount, ordinal + Math.ceil(count / nodeWidth) + 1);
    for (const column of [types, names, edgeCounts]) column.fit(reached);
    const [ofTypes, ofNames, ofEdgeCounts] = [types.values, names.values, edgeCounts.values];
    for (let at = 0; at < count; at++) {
      const value = values[at]!;
      if (field === nodeName) {
        const use = useOfType[type]!;
        noteName(value, use);
        ofNames[ordinal] = value;
        values[at] = use === Use.Value ? contentOfNode(value) : nameOfNode(value);
      } else if (field === nodeType) {
        if (value >= useOfType.length) throw malformed('a node is of an unknown type');
        type = value;
        ofTypes[ordinal] = value;
      } else if (field === nodeEdgeCount) {
        edges += value;
        if (edges > edgeCount) throw malformed('its nodes have more edges than its header says');
        ofEdgeCounts[ordinal] = value;
      } else if (field === nodeSelfSize) selfSize += value;
      if (++field === nodeWidth) {
        field = 0;
        ordinal += 1;
      }
    }
  }

  return {
    width: nodeWidth,
    map,
    finish() {
      if (nodeCount === 0) throw malformed('it has no nodes');
      if (field !== 0 || ordinal !== nodeCount) throw malformed('it has fewer nodes than its header says');
      if (edges !== edgeCount) throw malformed('its nodes have fewer edges than its header says');
    },
    table: () => ({
      count: ordinal,
      types: types.values,
      names: names.values,
      edgeCounts: edgeCounts.values,
    }),
    selfSize: () => selfSize,
  };
}

const EDGE_USES: Readonly<Record<string, number>> = {
  property: EdgeUse.Property,
  context: EdgeUse.Variable,
  internal: EdgeUse.Internal,
  shortcut: EdgeUse.Internal,
  weak: EdgeUse.Internal,
};

/** Reads the edges: notes how each name is used and what code refers to, and points names to the new table. */
export function edgeRows(layout: Layout, uses: Uses, nodes: NodeTable): NumberRow {
  if (layout.edgeCount > uses.limits.maxEdges) throw overLimit(`${layout.edgeCount} edges`);
  // 0 is an edge whose name is an index: elements and hidden ones.
  const useOfType = Uint8Array.from(layout.edgeTypes, (type) => EDGE_USES[type] ?? 0);
  const code = layout.nodeTypes.indexOf('code');
  const internal = layout.edgeTypes.indexOf('internal');
  const isText = Uint8Array.from(layout.nodeTypes, (type) => (TEXT_TYPES.has(type) ? 1 : 0));
  const { nodeWidth, nodeCount, edgeCount } = layout;
  const { types, names, edgeCounts } = nodes;
  const highestPossible = highestPossibleName(layout);
  let taken = 0;
  let field = 0;
  let use = 0;
  let isInternal = false;
  let holder = -1;
  let remaining = 0;

  function takeTarget(value: number): void {
    const target = (value / nodeWidth) | 0;
    if (target >= nodeCount || target * nodeWidth !== value)
      throw malformed('an edge leads outside the nodes');
    while (remaining === 0) remaining = edgeCounts[++holder]!;
    remaining -= 1;
    if (types[holder] === code && isText[types[target]!] === 1) {
      noteEvidence(uses, names[holder]!, names[target]!, isInternal);
    }
  }

  return {
    width: 3,
    map(values, count) {
      if (taken * 3 + field + count > edgeCount * 3)
        throw malformed('it has more edges than its header says');
      for (let at = 0; at < count; at++) {
        const value = values[at]!;
        if (field === 0) {
          if (value >= useOfType.length) throw malformed('an edge is of an unknown type');
          use = useOfType[value]!;
          isInternal = value === internal;
          field = 1;
        } else if (field === 1) {
          if (use !== 0) {
            if (value > highestPossible) throw nameOutside();
            values[at] = nameOfEdge(uses, value, use);
          }
          field = 2;
        } else {
          takeTarget(value);
          field = 0;
          taken += 1;
        }
      }
    },
    finish() {
      if (field !== 0 || taken !== edgeCount) throw malformed('it has fewer edges than its header says');
    },
  };
}

/** Reads the functions of an allocation trace. */
export function traceFunctionRows(layout: Layout, uses: Uses): NumberRow {
  const { traceFunctionWidth, traceFunctionName, traceFunctionScript } = layout;
  const highestPossible = highestPossibleName(layout);
  let field = 0;
  return {
    width: traceFunctionWidth,
    map(values, count) {
      for (let at = 0; at < count; at++) {
        if (field === traceFunctionName || field === traceFunctionScript) {
          const index = values[at]!;
          if (index > highestPossible) throw nameOutside();
          values[at] = nameOfEdge(uses, index, field === traceFunctionName ? EdgeUse.Function : EdgeUse.File);
        }
        field = field + 1 === traceFunctionWidth ? 0 : field + 1;
      }
    },
    finish() {
      if (field !== 0) throw malformed('"trace_function_infos" ends within a row');
    },
  };
}
