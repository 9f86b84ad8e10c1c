import t from 'tap';
import {
  left,
  nextBlocks,
  path,
  right,
  section,
  table,
  type Block,
} from '../../../src/answers/render/block.js';
import { htmlPage } from '../../../src/answers/render/html.js';
import { head, tail } from '../../../src/answers/render/lines.js';
import { markdownOf } from '../../../src/answers/render/markdown.js';
import { textOf } from '../../../src/answers/render/text.js';

const words = (count: number): string => Array.from({ length: count }, () => 'word').join(' ');
const icicle: Block = {
  kind: 'icicle',
  root: {
    label: 'root <1>',
    id: 1,
    retainedBytes: 100,
    children: [{ label: 'Map', id: 2, retainedBytes: 60, children: [] }],
  },
};

t.test('blocks stand apart, and what is under a heading is indented', async (t) => {
  const text = textOf([
    { kind: 'title', text: 'Title' },
    {
      kind: 'facts',
      rows: [
        ['verdict', 'leaking'],
        ['not', words(30)],
      ],
    },
    ...section('Heading', { kind: 'list', items: ['one', ['two', 'and what belongs to it']] }),
    ...section('Nothing'),
    ...nextBlocks([
      {
        why: 'it is free',
        method: 'GET',
        path: '/a',
        query: { b: 'c d' },
        role: 'read',
        cost: { pauseMs: 0 },
      },
      {
        why: 'it is dear',
        method: 'POST',
        path: '/b',
        role: 'operate',
        cost: { pauseMs: 40 },
        curl: `curl ${'b'.repeat(200)}`,
      },
    ]),
    ...nextBlocks([]),
  ]);
  t.same(text.split('\n'), [
    'Title',
    '',
    'verdict  leaking',
    `not      ${words(22)}`,
    `         ${words(8)}`,
    '',
    'Heading',
    '  - one',
    '  - two',
    '    and what belongs to it',
    '',
    'next',
    '  it is free',
    '    GET /a?b=c+d',
    '  it is dear (pauses the server for about 40 ms)',
    `    curl ${'b'.repeat(200)}`,
    '',
  ]);
});

t.test(
  'the widest texts of a table are cut to the width: of a path the beginning, never a figure',
  async (t) => {
    const columns = [
      left<string>('route', () => 'r'.repeat(80)),
      path<string>('where', () => `${'d/'.repeat(40)}file.js`),
      right<string>('size', () => '1'.repeat(40)),
    ];
    const [heading, row] = textOf(table(columns, ['only'])).split('\n');
    t.match(heading, /^route +where +size$/);
    t.match(row, /^r+… +…[d/]+file\.js {2}1{40}$/);
    t.equal(row?.length, 120);
    t.same(table(columns, []), [], 'no table without rows');
    const two = textOf(table([left<number>('n', String)], [1, 2, 3], 2));
    t.equal(two, 'n\n1\n2\n\nand 1 more in the JSON\n');
    t.equal(head('GET /long/path', 9), 'GET /lon…');
    t.equal(tail('src/deep/file.js:1', 9), '…ile.js:1');
    t.equal(tail('short', 9), 'short');
  },
);

t.test('a name steers no terminal', async (t) => {
  t.equal(textOf([{ kind: 'paragraph', text: 'a\u001b[31mb\u202ec\nd' }]), 'a\ufffd[31mb\ufffdc\ufffdd\n');
});

t.test('a picture is drawn in HTML, and elsewhere its heading goes with it', async (t) => {
  const blocks: readonly Block[] = [
    ...section('What retains what', icicle),
    { kind: 'paragraph', text: 'end' },
  ];
  t.equal(textOf(blocks), 'end\n');
  t.equal(markdownOf(blocks), 'end\n');
  const { html } = htmlPage('x', blocks);
  t.match(
    html,
    /<h2>What retains what<\/h2>\n<svg class="icicle"[^]*root &lt;1&gt; @1: 100 B[^]*<rect x="0.00" y="22" width="660.00"/,
  );
});
