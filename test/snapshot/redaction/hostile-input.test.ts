import { Buffer } from 'node:buffer';
import t, { type Test } from 'tap';
import { TidemarkError } from '../../../src/base/errors.js';
import { createRedaction } from '../../../src/snapshot/redaction/redaction.js';
import type { RedactionLimits } from '../../../src/snapshot/redaction/limits.js';
import { createRandom } from '../../../src/statistics/random.js';
import { faultsOf, type Graph } from './graph.js';
import { buildSnapshot, bytesOf, type BuiltNode } from './snapshot-builder.js';

const SECRET = 'QWXZKVJYPGHT';

const graph: readonly BuiltNode[] = [
  { type: 'synthetic', name: '(GC roots)', edges: [{ type: 'element', name: 1, to: 1 }] },
  {
    type: 'object',
    name: 'Account',
    edges: [
      { type: 'property', name: 'email', to: 2 },
      { type: 'property', name: `key ${SECRET}`, to: 2 },
      { type: 'internal', name: '12', to: 3 },
    ],
  },
  { type: 'string', name: `value ${SECRET}` },
  { type: 'code', name: '(constant pool)', edges: [{ type: 'hidden', name: 0, to: 2 }] },
];
const text = buildSnapshot(graph);

function redact(bytes: Uint8Array, limits?: Partial<RedactionLimits>): Buffer {
  const redaction = createRedaction(limits);
  const pieces = [...redaction.push(bytes)];
  redaction.end();
  return Buffer.concat(pieces);
}

/** Whatever comes in: a valid snapshot, or an error of ours. */
function survive(t: Test, bytes: Uint8Array, what: string): 'redacted' | 'refused' {
  try {
    // Locations are copied as they came.
    const { locations: _, ...sections } = JSON.parse(redact(bytes).toString()) as Graph;
    const [fault] = faultsOf(sections);
    if (fault !== undefined) t.fail(`${what}: ${fault}`);
    return 'redacted';
  } catch (error) {
    if (!(error instanceof TidemarkError)) t.fail(`${what}: ${String(error)}`);
    return 'refused';
  }
}

t.test('a file cut off anywhere is refused', async (t) => {
  const bytes = bytesOf(text);
  const end = text.lastIndexOf('}');
  for (let length = 0; length <= end; length++) {
    if (survive(t, bytes.subarray(0, length), `cut at ${length}`) !== 'refused') t.fail(`cut at ${length}`);
  }
  t.same(faultsOf(JSON.parse(redact(bytes).toString()) as Graph), []);
});

t.test('a file with any byte changed is refused or redacted', async (t) => {
  const random = createRandom(3);
  const bytes = bytesOf(text);
  const outcomes = { redacted: 0, refused: 0 };
  const interesting = [...'"\\{}[],:0129-.e \n\u0000\u00ff'].map((character) => character.charCodeAt(0));
  for (let at = 0; at < bytes.length; at++) {
    for (const byte of [
      interesting[Math.floor(random() * interesting.length)]!,
      Math.floor(random() * 256),
    ]) {
      const changed = Buffer.from(bytes);
      changed[at] = byte;
      outcomes[survive(t, changed, `byte ${at} is ${byte}`)] += 1;
    }
  }
  t.ok(outcomes.redacted > 100 && outcomes.refused > 100, JSON.stringify(outcomes));
});

t.test('pieces of a file in another order, twice or not at all are refused or redacted', async (t) => {
  const random = createRandom(5);
  for (let round = 0; round < 2000; round++) {
    const [from, to, place] = [0, 0, 0].map(() => Math.floor(random() * text.length)) as [
      number,
      number,
      number,
    ];
    const piece = text.slice(Math.min(from, to), Math.min(Math.max(from, to), Math.min(from, to) + 200));
    const changed = text.slice(0, place) + piece + text.slice(place + (random() < 0.5 ? piece.length : 0));
    survive(t, bytesOf(changed), `round ${round}`);
  }
  t.pass('no other error');
});

const header = /"snapshot":(.*),\n"nodes"/.exec(text)![1]!;

const refused: readonly (readonly [what: string, file: string])[] = [
  ['nothing', ''],
  ['no object', '[]'],
  ['an empty object', '{}'],
  ['a header alone', `{"snapshot":${header}}`],
  ['a header that is no JSON', '{"snapshot":{"a":},"nodes":[]}'],
  ['a header that never ends', `{"snapshot":{"meta":{"node_fields":[${'"a",'.repeat(30_000)}`],
  ['a header as an array', '{"snapshot":[]}'],
  ['a header that is nested deeply', `{"snapshot":{"meta":{"a":${'['.repeat(100)}${']'.repeat(100)}}}}`],
  ['a text in the header', text.replace('"meta":{', `"meta":{"title":"${SECRET}",`)],
  ['a null in the header', text.replace('"meta":{', '"meta":{"title":null,')],
  ['no meta', '{"snapshot":{"node_count":0}}'],
  ['nodes first', text.replace(/"snapshot":.*,\n"nodes"/, '"nodes"')],
  ['edges before nodes', text.replace('"nodes":', '"edges":')],
  ['strings before edges', text.replace('"edges":', '"strings":')],
  ['nodes twice', text.replace('"trace_tree":', '"nodes":')],
  ['something after the strings', text.replace(/\]\}\n$/, '],"samples":[]}')],
  ['something after the end', `${text}{`],
  ['an unknown section', text.replace('"samples"', '"secrets"')],
  ['a long name of a section', `{"${'a'.repeat(100)}":[]}`],
  ['no strings', text.replace(/,\n"strings".*/s, '}')],
  ['too few strings', text.replace(/,\n"[^"]*"\]\}/, ']}')],
  ['a string that is a number', text.replace('"<dummy>"', '7')],
  ['a control character', text.replace('"<dummy>"', '"\u0001"')],
  ['an unknown escape', text.replace('"<dummy>"', String.raw`"\x41"`)],
  ['half an escape', text.replace('"<dummy>"', String.raw`"\u00g0"`)],
  ['too many nodes', text.replace('"node_count":4', '"node_count":3')],
  ['too few nodes', text.replace('"node_count":4', '"node_count":5')],
  ['too many edges', text.replace('"edge_count":5', '"edge_count":4')],
  ['too few edges', text.replace('"edge_count":5', '"edge_count":6')],
  ['no nodes', buildSnapshot([], { traceFunctions: [['serve', 'main.js']] })],
  ['half a node count', text.replace('"node_count":4', '"node_count":4.5')],
  ['a negative count', text.replace('"node_count":4', '"node_count":-4')],
  ['a node of an unknown type', text.replace('"nodes":[9', '"nodes":[99')],
  ['an edge of an unknown type', text.replace('"edges":[1', '"edges":[99')],
  ['an edge to half a node', text.replace('"edges":[1,1,6', '"edges":[1,1,7')],
  ['an edge to nowhere', text.replace('"edges":[1,1,6', '"edges":[1,1,600')],
  ['a name far outside', text.replace('"nodes":[9,1,', '"nodes":[9,999999999999,')],
  ['a number without end', text.replace('"nodes":[9', `"nodes":[${'9'.repeat(1000)}`)],
  ['a negative number', text.replace('"nodes":[9', '"nodes":[-9')],
  ['a number after a number', text.replace('"nodes":[9,', '"nodes":[9 9,')],
  ['half a row of samples', text.replace('"samples":[0,9]', '"samples":[0]')],
  ['half a trace function', text.replace('"trace_function_infos":[]', '"trace_function_infos":[1]')],
  ['text in the trace', text.replace('"trace_tree":[1', `"trace_tree":["${SECRET}"`)],
  ['a trace that is no array', text.replace('"trace_tree":[1,', '"trace_tree":1,[')],
  [
    'unknown fields of edges',
    text.replace('"type","name_or_index","to_node"', '"to_node","type","name_or_index"'),
  ],
  ['unknown types of edges', text.replace('"shortcut"', '"secret"')],
  ['a name before its type', text.replace('"type","name","id"', '"name","type","id"')],
  ['no name', text.replace('"type","name","id"', '"type","title","id"')],
  ['another text in a node', text.replace('"string","number","number"', '"string","string","number"')],
];

t.test('what is no snapshot is refused with a code, and the reason quotes nothing', async (t) => {
  for (const [what, file] of refused) {
    try {
      redact(bytesOf(file));
      t.fail(what);
    } catch (error) {
      t.match(error, { code: 'TIDEMARK_ERR_REDACTION_MALFORMED' }, what);
      t.notMatch(String((error as Error).message), SECRET);
    }
  }
});

const traced = (tree: string): string =>
  redact(bytesOf(text.replace(/"trace_tree":.*/, `"trace_tree":${tree},`))).toString();

t.test('a trace passes as it is if it is a tree of numbers', async (t) => {
  for (const tree of ['[]', '[[],[[1]]]', '[0,10, 2,\n[3]]', '\n[ 1 ]']) {
    t.match(traced(tree), `"trace_tree":${tree},\n`, tree);
  }
  for (const tree of [
    '[,]',
    '[1,]',
    '[1,,2]',
    '[1 2]',
    '[01]',
    '[[]1]',
    '[[][]]',
    '[-1]',
    '[{}]',
    '[1}',
    '1',
    '""',
  ]) {
    t.throws(() => traced(tree), { code: 'TIDEMARK_ERR_REDACTION_MALFORMED' }, tree);
  }
});

t.test('a string of bytes that are no character does not pass', async (t) => {
  for (const length of [10, 10_000]) {
    const [before, after] = text.split(`value ${SECRET}`) as [string, string];
    const bytes = Buffer.concat([bytesOf(before), Buffer.alloc(length, 0x80), bytesOf(after)]);
    const redaction = createRedaction();
    const pieces = [0, 1].flatMap((half) => {
      const middle = before.length + length / 2;
      return [...redaction.push(half === 0 ? bytes.subarray(0, middle) : bytes.subarray(middle))];
    });
    redaction.end();
    t.match(Buffer.concat(pieces).toString(), /u2039str:[0-9a-f]{16}:0/, `${length} bytes`);
  }
});

t.test('what a header claims costs no memory', async (t) => {
  const claiming = text
    .replace('"node_count":4', '"node_count":100000000')
    .replace('"edge_count":5', '"edge_count":400000000');
  const before = process.memoryUsage().arrayBuffers;
  t.throws(() => redact(bytesOf(claiming)), { code: 'TIDEMARK_ERR_REDACTION_MALFORMED' });
  t.ok(process.memoryUsage().arrayBuffers - before < 20e6);
});

t.test('a snapshot over a limit is refused with a code of its own', async (t) => {
  for (const limits of [{ maxNodes: 3 }, { maxEdges: 4 }, { maxStrings: 2 }]) {
    t.throws(
      () => redact(bytesOf(text), limits),
      { code: 'TIDEMARK_ERR_REDACTION_LIMIT' },
      JSON.stringify(limits),
    );
  }
});

t.test('what JSON hides in the header is not written', async (t) => {
  const twice = text.replace('"meta":', `"meta":{"title":"${SECRET}"},"meta":`);
  t.notOk(redact(bytesOf(twice)).includes(SECRET));
});
