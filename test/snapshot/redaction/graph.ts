import type { Test } from 'tap';

/** A snapshot as JSON has it. */
export interface Graph {
  readonly snapshot: {
    readonly meta: {
      readonly node_fields: string[];
      readonly node_types: [string[], ...string[]];
      readonly edge_fields: string[];
      readonly edge_types: [string[], ...string[]];
      readonly location_fields: string[];
    };
    readonly node_count: number;
    readonly edge_count: number;
  };
  readonly nodes: number[];
  readonly edges: number[];
  readonly locations?: number[];
  readonly strings: string[];
}

export interface NodeView {
  readonly type: string;
  readonly name: string;
}

export interface EdgeView extends NodeView {
  /** Absent for elements and hidden edges, which have a number. */
  readonly index?: number;
}

export function nodesOf({ snapshot: { meta }, nodes, strings }: Graph): NodeView[] {
  const width = meta.node_fields.length;
  const views: NodeView[] = [];
  for (let at = 0; at < nodes.length; at += width) {
    views.push({ type: meta.node_types[0][nodes[at]!]!, name: strings[nodes[at + 1]!]! });
  }
  return views;
}

export function edgesOf({ snapshot: { meta }, edges, strings }: Graph): EdgeView[] {
  const views: EdgeView[] = [];
  for (let at = 0; at < edges.length; at += 3) {
    const type = meta.edge_types[0][edges[at]!]!;
    const named = edges[at + 1]!;
    const isIndexed = type === 'element' || type === 'hidden';
    views.push(isIndexed ? { type, name: '', index: named } : { type, name: strings[named]! });
  }
  return views;
}

/** What the loader of Chrome DevTools relies on: counts, whole rows, and every reference within range. */
export function checkGraph(t: Test, { snapshot, nodes, edges, locations = [], strings }: Graph): void {
  const { meta } = snapshot;
  const width = meta.node_fields.length;
  t.equal(nodes.length, snapshot.node_count * width, 'as many nodes as the header says');
  t.equal(edges.length, snapshot.edge_count * 3, 'as many edges as the header says');
  let owned = 0;
  let badNodes = 0;
  for (let at = 0; at < nodes.length; at += width) {
    owned += nodes[at + meta.node_fields.indexOf('edge_count')]!;
    if (meta.node_types[0][nodes[at]!] === undefined || strings[nodes[at + 1]!] === undefined) badNodes += 1;
  }
  t.equal(owned, snapshot.edge_count, 'the nodes own all edges');
  t.equal(badNodes, 0, 'every node has a known type and a name');
  let badEdges = 0;
  for (let at = 0; at < edges.length; at += 3) {
    const type = meta.edge_types[0][edges[at]!];
    const target = edges[at + 2]!;
    const isNamed = type !== 'element' && type !== 'hidden';
    if (type === undefined || target % width !== 0 || target >= nodes.length) badEdges += 1;
    else if (isNamed && strings[edges[at + 1]!] === undefined) badEdges += 1;
  }
  t.equal(badEdges, 0, 'every edge has a known type, a name and a target');
  let badLocations = 0;
  for (let at = 0; at < locations.length; at += meta.location_fields.length) {
    if (locations[at]! % width !== 0 || locations[at]! >= nodes.length) badLocations += 1;
  }
  t.equal(badLocations, 0, 'every location is of a node');
  t.ok(
    strings.every((text) => typeof text === 'string'),
    'the table holds strings',
  );
}
