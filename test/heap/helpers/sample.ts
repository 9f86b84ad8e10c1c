import { TidemarkError } from '../../../src/base/errors.js';
import { SnapshotBuilder, type RawSnapshot } from './builder.js';

export function sample(): SnapshotBuilder {
  const b = new SnapshotBuilder();
  const a = b.node('Straße "q" \\ \u0001 \u{1F600}', { size: 2 ** 33 });
  const c = b.node('<div id="a">', { kind: 'native', id: 4_000_000_000 });
  b.edge(0, a, 'x').edge(0, c, 7, 'element').edge(a, c, 'y', 'weak').edge(c, c, 12, 'hidden');
  return b.locate(c, 5, -1, -1).locate(a, 4, 10, 20).detach(c);
}

function list(values: readonly number[], width: number): string {
  const records = [];
  for (let i = 0; i < values.length; i += width) records.push(`${values.slice(i, i + width).join(',')}\n`);
  return records.join(',');
}

/** V8's own layout of a file: one record a line, the comma at its beginning. */
export function asV8(raw: RawSnapshot): string {
  return [
    `{"snapshot":${JSON.stringify(raw.snapshot)},\n"nodes":[${list(raw.nodes, 7)}],\n"edges":[${list(raw.edges, 3)}],\n`,
    `"trace_function_infos":[],\n"trace_tree":[1,[2,{"a":"]}\\""}]],\n"samples":[],\n"locations":[${list(raw.locations!, 4)}],\n`,
    `"strings":[${raw.strings.map((text) => JSON.stringify(text)).join(',\n')}]}\n`,
  ].join('');
}

export function codeOf(work: () => unknown): string {
  try {
    work();
    return 'no error';
  } catch (error) {
    return error instanceof TidemarkError ? error.code : `not ours: ${String(error)}`;
  }
}
