import { Buffer } from 'node:buffer';
import t from 'tap';
import { languageNames } from '../../../src/snapshot/redaction/language-names.js';
import {
  isWrittenInSource,
  judgeEdgeName,
  judgeNodeName,
  nodeNameKind,
  type NameContext,
} from '../../../src/snapshot/redaction/names.js';
import { SipHash } from '../../../src/snapshot/redaction/sip-hash.js';
import { EdgeUse, Use } from '../../../src/snapshot/redaction/uses.js';

const inSource: Readonly<Record<string, number>> = { turnover: Use.Literal, kState: Use.ScopeName };
const context: NameContext = {
  language: languageNames(),
  hash: new SipHash(Buffer.alloc(16)),
  usesOf: (word) => inSource[word] ?? 0,
};

t.test('a literal is a name only if it looks like one, a variable always is one', async (t) => {
  for (const word of ['email', '_id', '$scope', 'x-request-id', 'sha256', 'a1b2c3d4']) {
    t.ok(isWrittenInSource(word, Use.Literal), word);
  }
  for (const word of ['a@b.c', 'two words', '5th', 'key/part', 'id12345', 'x'.repeat(65), '', '#x', 'a.b']) {
    t.notOk(isWrittenInSource(word, Use.Literal), word);
  }
  for (const word of ['#balance', '.home_object', 'id12345', String.raw`gr\u00f6\u00dfe`]) {
    t.ok(isWrittenInSource(word, Use.ScopeName), word);
    t.notOk(isWrittenInSource(word, Use.Value | Use.InCode), `${word}, without evidence`);
  }
  t.ok(isWrittenInSource('handler', Use.Function));
  t.notOk(isWrittenInSource('two words', Use.Function | Use.ScopeName));
});

const classNamed = (name: string, uses: number) => judgeNodeName(name, Use.Class | uses, context);

t.test('a class keeps its name if it has a constructor, or the runtime gives it', async (t) => {
  for (const name of [
    'Map Iterator',
    'global',
    'global (global*)',
    'system / Context',
    'Node / Environment',
    '',
  ]) {
    t.equal(classNamed(name, 0), name);
  }
  t.equal(classNamed('Account', 0), undefined, 'a tag');
  t.equal(classNamed('Account', Use.Function), 'Account');
  t.equal(classNamed('shop.Account', Use.InCode), 'shop.Account', 'a name that V8 inferred');
  t.equal(classNamed('two words', Use.InCode), undefined);
  t.equal(classNamed('x'.repeat(300), Use.Function), undefined);
});

t.test('other nodes keep words of V8, and functions and files their names', async (t) => {
  t.equal(judgeNodeName('(object elements)', Use.Structure, context), '(object elements)');
  t.equal(judgeNodeName('a "quoted" text', Use.Structure, context), undefined);
  t.equal(judgeNodeName('heap number', Use.Term, context), 'heap number');
  t.equal(judgeNodeName('42', Use.Term, context), undefined);
  t.equal(judgeNodeName('GET /orders/:id', Use.Function, context), 'GET /orders/:id');
  t.equal(judgeNodeName(String.raw`two\nlines`, Use.Function, context), undefined);
  t.equal(judgeNodeName('/app/main.js', Use.Code, context), '/app/main.js');
  t.match(judgeNodeName('data:,x', Use.Code, context), /^data:\\u2039file:[0-9a-f]{16}:2\\u203a$/);
  t.equal(judgeNodeName(String.raw`two\nlines`, Use.Code, context), undefined);
  const kinds = [Use.Class | Use.Code, Use.Function, Use.Code, Use.Structure].map((uses) =>
    nodeNameKind(uses),
  );
  t.same(kinds, ['class', 'function', 'code', 'name']);
});

const judged = (name: string, edgeUses: number, uses = 0) => judgeEdgeName(name, edgeUses, uses, context);

t.test('edges keep variables, words of V8 and properties that code writes', async (t) => {
  t.equal(judged('cache', EdgeUse.Variable), 'cache');
  t.equal(judged('two words', EdgeUse.Variable), undefined);
  for (const name of ['map', 'code_string', '17', '3 / CEntry_Return1', '9 / deoptimization literal', '']) {
    t.equal(judged(name, EdgeUse.Internal), name);
  }
  for (const name of ['3 / a b', 'a@b', '3 / part of key (x @1) -> value (y', '12345678901']) {
    t.equal(judged(name, EdgeUse.Internal), undefined, name);
  }
  t.equal(judged('serve', EdgeUse.Function), 'serve');
  t.equal(judged(String.raw`\n`, EdgeUse.Function | EdgeUse.File), undefined);
  t.equal(judged('turnover', EdgeUse.Property, Use.Literal), 'turnover');
  t.equal(judged('turnover', EdgeUse.Property), undefined);
  t.equal(judged('constructor', EdgeUse.Property), 'constructor');
  t.equal(judged('get turnover', EdgeUse.Property), 'get turnover');
  t.match(judged('set other', EdgeUse.Property), /^set \\u2039key:[0-9a-f]{16}:5\\u203a$/);
  t.equal(judged('<symbol Symbol.iterator>', EdgeUse.Property), '<symbol Symbol.iterator>');
  t.equal(judged('<symbol kState>', EdgeUse.Property), '<symbol kState>');
  t.match(judged('<symbol turnover>', EdgeUse.Property), /^<symbol \\u2039sym:/, 'a literal is not enough');
  t.equal(judged('get <symbol kState>', EdgeUse.Property), 'get <symbol kState>');
  t.match(judged(String.raw`get a\u00e4\n\"`, EdgeUse.Property), /:4\\u203a$/, 'units, not bytes');
});
