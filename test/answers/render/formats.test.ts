import { XMLParser, XMLValidator } from 'fast-xml-parser';
import t from 'tap';
import type { Block } from '../../../src/answers/render/block.js';
import { chartSvg } from '../../../src/answers/render/chart.js';
import { htmlPage } from '../../../src/answers/render/html.js';
import { markdownOf } from '../../../src/answers/render/markdown.js';
import { textOf } from '../../../src/answers/render/text.js';

const evil = `</pre><script>alert("1")</script> | x \`y\` & 'z'\n# ![i](http://x)`;
const chart = {
  title: evil,
  times: [0, 60_000, 120_000, 180_000],
  lines: [
    { name: 'heap in use', look: 'used', values: [10e6, null, 30e6, 20e6] },
    { name: evil, look: 'floor', values: [null, null, null, null] },
  ],
} as const;
const step = {
  why: evil,
  method: 'GET',
  path: '/memory/stats',
  role: 'read',
  curl: evil,
  cost: { pauseMs: 40 },
} as const;
const blocks: readonly Block[] = [
  { kind: 'title', text: evil },
  { kind: 'headline', text: evil, tone: 'bad' },
  { kind: 'heading', text: evil },
  { kind: 'paragraph', text: evil },
  { kind: 'list', items: [evil] },
  { kind: 'facts', rows: [['label', evil]] },
  { kind: 'values', values: { name: evil } },
  { kind: 'table', columns: [{ name: evil, align: 'right' }], rows: [[evil]] },
  { kind: 'code', lines: ['```', evil] },
  { kind: 'commands', steps: [step] },
  { kind: 'chart', data: chart },
];

t.test('nothing in a page of hostile names runs, loads or breaks the page', async (t) => {
  const { html, contentSecurityPolicy } = htmlPage(evil, blocks);
  t.notMatch(html, /<script|<img|<a |\bon\w+=|\bstyle=|url\(|@import/i);
  t.notMatch(html, /\b(href|src)\s*=/);
  const body = html.replace(/^[^]*<body>/, '<body>').replace('</html>', '');
  t.equal(XMLValidator.validate(body), true, 'every element is closed');
  t.equal(html.match(/alert\(&quot;1&quot;\)/g)?.length, 16);
  t.match(contentSecurityPolicy, /^default-src 'none'; style-src 'sha256-[\w+/]+=*';/);
  t.match(html, 'prefers-color-scheme: dark');
});

t.test('the chart draws a line for each run of values, on a scale that begins at nothing', async (t) => {
  const svg = chartSvg(chart);
  t.equal(XMLValidator.validate(svg), true);
  const parsed = new XMLParser({ ignoreAttributes: false }).parse(svg) as {
    svg: { path: { '@_d': string }[]; text: { '#text': string }[] };
  };
  const [used, floor] = parsed.svg.path.map((path) => path['@_d']);
  t.match(used, /^M[\d. ]+h0M[\d. ]+h0L[\d. ]+$/, 'the gap breaks the line');
  t.equal(floor, '');
  const heights = [...used!.matchAll(/(?:M|L)[\d.]+ ([\d.]+)/g)].map(([, y]) => Number(y));
  t.ok(heights[1]! < heights[2]! && heights[2]! < heights[0]!, 'more is higher');
  t.match(svg, />0 B<[^]*>00:00:00 UTC<[^]*>00:03:00 UTC</);
  t.equal(
    XMLValidator.validate(chartSvg({ title: '', times: [], lines: [] })),
    true,
    'and nothing is drawn of nothing',
  );
});

t.test('in Markdown a hostile name stays text, and a fence is longer than what is in it', async (t) => {
  const text = markdownOf(blocks);
  const outside = text.replaceAll(/^(`{3,})\w*\n[^]*?\n\1$/gm, '');
  t.notMatch(outside, /(?<!\\)[<`]|(?<!\\)!?\[/);
  t.equal(outside.split('\n').filter((line) => line.startsWith('#')).length, 2, 'no heading of its own');
  t.match(text, /\n````text\n```\n/);
  t.match(text, /\n\| --: \|\n\| [^\n]*\\\| x [^\n]* \|\n/);
  t.match(text, /heap in use +[▁-█ ]{4} +9\.54 MiB to 19\.1 MiB/);
});

t.test('the text fits a terminal', async (t) => {
  const long = 'word '.repeat(100);
  const text = textOf([
    { kind: 'headline', text: long, tone: 'good' },
    { kind: 'list', items: [long, 'b'] },
    ...blocks,
  ]);
  const wide = text.split('\n').filter((line) => line.length > 120);
  t.same(wide, []);
  t.match(text, /^word .*\n/);
  t.match(text, /\n- word .*\n {2}word .*\n- b\n/s);
});
