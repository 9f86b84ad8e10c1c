import type { RawSnapshot } from './builder.js';

/**
 * A second opinion, written for clearness and from the file's own numbers: holders by the rules of DevTools, retained size
 * of a node as what becomes unreachable when it is taken away, and dominators by the fixed point of K. Cooper, T. Harvey,
 * K. Kennedy: A simple, fast dominance algorithm (2001).
 */
export class Reference {
  readonly count: number;
  readonly root: number;
  readonly holds: number[][];
  readonly sizes: number[];
  readonly ids: number[];
  readonly names: string[];
  readonly kinds: string[];

  constructor(raw: RawSnapshot) {
    const { node_fields: nodeFields, node_types: nodeTypes, edge_types: edgeTypes } = raw.snapshot.meta;
    const width = nodeFields.length;
    const column = (name: string): number[] =>
      raw.nodes.filter((_, i) => i % width === nodeFields.indexOf(name));
    this.count = raw.nodes.length / width;
    this.root = (raw.snapshot.root_index ?? 0) / width;
    this.sizes = column('self_size');
    this.ids = column('id');
    this.names = column('name').map((name) => raw.strings[name]!);
    this.kinds = column('type').map((type) => (nodeTypes[0] as string[])[type]!);
    const counts = column('edge_count');
    const all: { kind: string; name: string; to: number }[][] = [];
    let at = 0;
    for (const count of counts) {
      const edges = [];
      for (let i = 0; i < count; i++, at += 3) {
        const kind = (edgeTypes[0] as string[])[raw.edges[at]!]!;
        const name = kind === 'element' || kind === 'hidden' ? '' : raw.strings[raw.edges[at + 1]!]!;
        edges.push({ kind, name, to: raw.edges[at + 2]! / width });
      }
      all.push(edges);
    }
    const page = this.#reach(
      all.map((edges) => edges.filter(({ kind }) => kind !== 'weak').map(({ to }) => to)),
      all[this.root]!.filter(({ kind }) => kind === 'shortcut').map(({ to }) => to),
    );
    this.holds = all.map((edges, from) =>
      edges
        .filter(({ kind, name, to }) => {
          if (kind === 'weak' || to === from) return false;
          const table = / pair in WeakMap \(table @(\d+)\)$/.exec(name)?.[1];
          if (kind === 'internal' && Number(table) === this.ids[from]) return false;
          if (from === this.root) return true;
          return kind !== 'shortcut' && (page.has(from) || !page.has(to));
        })
        .map(({ to }) => to),
    );
    const held = new Set(this.holds.flat());
    // What nothing holds is the root's.
    for (let node = 0; node < this.count; node++) {
      if (!held.has(node) && node !== this.root) this.holds[this.root]!.push(node);
    }
  }

  /** Bytes that become unreachable without the node. */
  retainedSize(node: number): number {
    const with_ = this.#reach(this.holds, [this.root]);
    const without = this.#reach(this.holds, [this.root], node);
    let bytes = 0;
    for (const reached of with_) if (!without.has(reached)) bytes += this.sizes[reached]!;
    return bytes;
  }

  /** Nodes of cliques that nothing outside of them holds. */
  unreachable(): number[] {
    const reached = this.#reach(this.holds, [this.root]);
    return this.holds.map((_, node) => node).filter((node) => !reached.has(node));
  }

  dominators(): number[] {
    const order: number[] = [];
    const position = new Map<number, number>();
    const seen = new Set([this.root]);
    const stack: [number, number][] = [[this.root, 0]];
    while (stack.length > 0) {
      const top = stack.at(-1)!;
      const child = this.holds[top[0]]![top[1]++];
      if (child === undefined) {
        position.set(top[0], order.push(top[0]) - 1);
        stack.pop();
      } else if (!seen.has(child)) {
        seen.add(child);
        stack.push([child, 0]);
      }
    }
    const holders: number[][] = this.holds.map(() => []);
    for (const node of order) for (const to of this.holds[node]!) holders[to]!.push(node);
    const dominator: number[] = Array.from({ length: this.count }, () => -1);
    dominator[this.root] = this.root;
    for (let changed = true; changed;) {
      changed = false;
      for (let i = order.length - 2; i >= 0; i--) {
        const node = order[i]!;
        let best = -1;
        for (const holder of holders[node]!) {
          if (dominator[holder] === -1) continue;
          best = best === -1 ? holder : this.#meet(best, holder, dominator, position);
        }
        if (dominator[node] === best) continue;
        dominator[node] = best;
        changed = true;
      }
    }
    return dominator.map((of) => (of === -1 ? this.root : of));
  }

  #meet(a: number, b: number, dominator: readonly number[], position: ReadonlyMap<number, number>): number {
    let [left, right] = [a, b];
    while (left !== right) {
      while (position.get(left)! < position.get(right)!) left = dominator[left]!;
      while (position.get(right)! < position.get(left)!) right = dominator[right]!;
    }
    return left;
  }

  #reach(edges: readonly (readonly number[])[], from: readonly number[], without = -1): Set<number> {
    const seen = new Set(from.filter((node) => node !== without));
    const stack = [...seen];
    for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
      for (const to of edges[node]!) {
        if (to === without || seen.has(to)) continue;
        seen.add(to);
        stack.push(to);
      }
    }
    return seen;
  }
}
