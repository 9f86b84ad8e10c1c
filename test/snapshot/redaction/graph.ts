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

/** What breaks the loader of Chrome DevTools, which relies on counts, whole rows, and references within range. */
export function faultsOf({ snapshot, nodes, edges, locations = [], strings }: Graph): string[] {
  const { meta } = snapshot;
  const width = meta.node_fields.length;
  const faults: string[] = [];
  const check = (isRight: boolean, fault: string): void => {
    if (!isRight) faults.push(fault);
  };
  check(nodes.length === snapshot.node_count * width, 'not as many nodes as the header says');
  check(edges.length === snapshot.edge_count * 3, 'not as many edges as the header says');
  const isName = (index: number | undefined): boolean => typeof strings[index ?? -1] === 'string';
  const isNode = (index: number | undefined): boolean => index! % width === 0 && index! < nodes.length;
  let owned = 0;
  for (let at = 0; at < nodes.length; at += width) {
    owned += nodes[at + meta.node_fields.indexOf('edge_count')]!;
    check(meta.node_types[0][nodes[at]!] !== undefined, `node ${at} has no known type`);
    check(isName(nodes[at + 1]), `node ${at} has no name`);
  }
  check(owned === snapshot.edge_count, 'the nodes do not own all edges');
  for (let at = 0; at < edges.length; at += 3) {
    const type = meta.edge_types[0][edges[at]!];
    check(type !== undefined, `edge ${at} has no known type`);
    check(type === 'element' || type === 'hidden' || isName(edges[at + 1]), `edge ${at} has no name`);
    check(isNode(edges[at + 2]), `edge ${at} leads nowhere`);
  }
  for (let at = 0; at < locations.length; at += meta.location_fields.length) {
    check(isNode(locations[at]), `location ${at} is of no node`);
  }
  return faults;
}
