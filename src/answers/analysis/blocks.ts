import { objectName, pathText } from '../heap-object.js';
import { left, nextBlocks, path, right, section, table, type Block } from '../render/block.js';
import type { IcicleNode } from '../render/icicle.js';
import { percent, whole } from '../render/phrases.js';
import { formatBytes } from '../render/units.js';
import type { AnalysisAnswer, Findings } from './schema.js';

export function analysisBlocks({ snapshot, next, ...findings }: AnalysisAnswer): Block[] {
  return [...findingsBlocks(snapshot, findings), ...nextBlocks(next)];
}

/** The findings on one snapshot; empty ones have no section. */
export function findingsBlocks(name: string, findings: Findings, chart?: IcicleNode): Block[] {
  const { totalBytes, nodes, edges } = findings;
  const size = `${formatBytes(totalBytes)} in ${whole(nodes)} objects with ${whole(edges)} references`;
  return [
    { kind: 'title', text: `Heap snapshot ${name}` },
    { kind: 'paragraph', text: size },
    ...(chart === undefined ? [] : section('What retains what', { kind: 'icicle', root: chart })),
    ...section('Where memory accumulates', ...suspects(findings)),
    ...section('Large collections', ...collections(findings)),
    ...classes(findings),
    ...duplicates(findings),
    ...section('Functions created most often at one place', ...closures(findings)),
    ...section('Contexts beside the main one', ...contexts(findings)),
    ...section('Detached, as the embedder says', ...detached(findings)),
  ];
}

function list(items: readonly (readonly string[])[]): Block[] {
  return items.length === 0 ? [] : [{ kind: 'list', items }];
}

function suspects({ suspects, totalBytes }: Findings): Block[] {
  if (suspects.length === 0) return [{ kind: 'paragraph', text: 'Nothing holds a tenth of the heap.' }];
  const items = suspects.map(({ object, accumulatedBytes, share, holds, path }) => {
    const all =
      object.retainedBytes > accumulatedBytes
        ? `, ${percent(object.retainedBytes / totalBytes)} with all below`
        : '';
    return [
      `${objectName(object)} holds ${formatBytes(accumulatedBytes)}, ${percent(share)} of the heap${all}`,
      pathText(path),
      ...holds.map((one) => `${whole(one.count)} × ${one.class}, ${formatBytes(one.retainedBytes)}`),
    ];
  });
  return list(items);
}

function collections({ collections }: Findings): Block[] {
  const items = collections.map(({ object, collection, entries, path }) => {
    const what = collection === 'object' ? 'properties' : 'entries';
    return [
      `${objectName(object)}: ${whole(entries)} ${what}, retains ${formatBytes(object.retainedBytes)}`,
      pathText(path),
    ];
  });
  return list(items);
}

type ClassRow = Findings['classes'][number];

const classColumns = [
  left<ClassRow>('class', (row) => row.class),
  right<ClassRow>('count', (row) => whole(row.count)),
  right<ClassRow>('own size', (row) => formatBytes(row.selfBytes)),
  right<ClassRow>('retains', (row) => formatBytes(row.retainedBytes)),
];

function classes({ classes, classesInAll }: Findings): Block[] {
  const heading = `Classes by what they retain (${classes.length} of ${whole(classesInAll)})`;
  return section(heading, ...table(classColumns, classes));
}

type StringRow = Findings['duplicateStrings']['top'][number];

const stringColumns = [
  left<StringRow>('string', ({ text, length }) =>
    text === undefined ? `(${length} bytes)` : JSON.stringify(text),
  ),
  right<StringRow>('count', (row) => whole(row.count)),
  right<StringRow>('wasted', (row) => formatBytes(row.wastedBytes)),
  left<StringRow>('', ({ maybeDifferent }) => (maybeDifferent ? 'cut in the file, may differ' : '')),
];

function duplicates({ duplicateStrings: { duplicates, wastedBytes, bytes, top } }: Findings): Block[] {
  const heading = `Duplicate strings: ${whole(duplicates)}, which take ${formatBytes(wastedBytes)} of ${formatBytes(bytes)} of strings`;
  return section(heading, ...table(stringColumns, top));
}

type ClosureRow = Findings['closures'][number];

const closureColumns = [
  left<ClosureRow>('function', (row) => row.function),
  right<ClosureRow>('count', (row) => whole(row.count)),
  path<ClosureRow>('place', ({ file, line }) => (file === undefined ? '' : `${file}:${line ?? '?'}`)),
];

function closures({ closures }: Findings): Block[] {
  return table(closureColumns, closures);
}

function contexts({ contexts }: Findings): Block[] {
  const items = contexts.map(({ object, path }) => [
    `${objectName(object)} retains ${formatBytes(object.retainedBytes)}`,
    pathText(path),
  ]);
  return list(items);
}

function detached({ detached }: Findings): Block[] {
  const columns = [
    left<Findings['detached'][number]>('class', (row) => row.class),
    right<Findings['detached'][number]>('count', (row) => whole(row.count)),
    right<Findings['detached'][number]>('own size', (row) => formatBytes(row.selfBytes)),
  ];
  return table(columns, detached);
}
