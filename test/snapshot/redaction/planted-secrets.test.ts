import { Buffer } from 'node:buffer';
import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import t from 'tap';
import {
  createRedaction,
  redacting,
  type RedactionSummary,
} from '../../../src/snapshot/redaction/redaction.js';
import { faultsOf, edgesOf, nodesOf, type Graph } from './graph.js';

const child = fileURLToPath(new URL('planted-child.js', import.meta.url));

const PLACES = `
  objectKey secondObjectKey dictionaryKey deletedKey jsonKey jsonValue computedMethod computedFunction
  getterKey staticKey globalKey hotKey stringValue privateValue mapKey mapValue setMember weakMapValue
  symbolDescription registeredSymbol symbolKey toStringTag templatePart concatenatedHead
  concatenatedTail sliced longText bufferText latinText regularExpression variableValue variableName
  boundArgument promiseValue closureValue errorMessage errorCause urlPassword urlQuery functionSource
  evalComment evalSource moduleComment moduleLiteral dataUrl moduleQuery requestPath bearerToken
  headerName responseBody
`
  .trim()
  .split(/\s+/);

// No digits of hexadecimal, which a placeholder's own might happen to be, and letters that no name has in this order.
const LETTERS = 'QWXZKVJYPGHTMNRU';
const secretText = (): string => Array.from({ length: 16 }, () => LETTERS[randomInt(16)]).join('');

const decimal = (digits: number): string =>
  `7${Array.from({ length: digits - 1 }, () => randomInt(1, 10)).join('')}`;

interface Planted {
  readonly secrets: Record<string, string>;
  readonly raw: Buffer;
  readonly redacted: Buffer;
  readonly summary: RedactionSummary;
}

async function plant(directory: string, mode: string): Promise<Planted> {
  const secrets: Record<string, string> = Object.fromEntries(PLACES.map((place) => [place, secretText()]));
  // A number's digits are 14, so that no id or size and hardly a hash is taken for it.
  Object.assign(secrets, { bigint: decimal(22), number: `${decimal(14)}` });
  const file = join(directory, 'module-from-file.mjs');
  const source = `// ${secrets['moduleComment']}\nexport function moduleFunction() { return "${secrets['moduleLiteral']}"; }\n`;
  writeFileSync(file, source);
  const run = spawn(process.execPath, [child, mode], {
    // The test runner's loader must not be in the child.
    env: { PATH: process.env['PATH'], [secrets['variableName']!]: secrets['variableValue'] },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const exited = once(run, 'exit') as Promise<[number | null]>;
  run.stdin.end(JSON.stringify({ secrets, module: pathToFileURL(file).href }));
  const raw: Buffer[] = [];
  const redacted: Uint8Array[] = [];
  let summary: RedactionSummary | undefined;
  run.stdout.on('data', (chunk: Buffer) => raw.push(chunk));
  await pipeline(
    run.stdout,
    redacting(createRedaction(), (result) => (summary = result)),
    async (source) => {
      for await (const chunk of source as AsyncIterable<Uint8Array>) redacted.push(chunk);
    },
  );
  const [code] = await exited;
  if (code !== 0 || summary === undefined) throw new Error(`the child ended with ${code}`);
  return { secrets, raw: Buffer.concat(raw), redacted: Buffer.concat(redacted), summary };
}

/** All pieces of eight characters. */
const pieces = (secret: string): string[] =>
  Array.from({ length: secret.length - 7 }, (_, at) => secret.slice(at, at + 8));

// A header's name is sent, and so held, in lower case. A number is text only if numeric values are asked for.
const spelling = (place: string, secret: string): string =>
  place === 'headerName' ? secret.toLowerCase() : secret;
const NEVER_TEXT = new Set(['bigint', 'number']);

for (const mode of ['plain', 'numbers']) {
  t.test(`no planted secret passes, and names do (${mode})`, async (t) => {
    const { secrets, raw, redacted, summary } = await plant(t.testdir(), mode);
    t.equal(summary.bytesRead, raw.length);
    t.equal(summary.bytesWritten, redacted.length);

    for (const [place, secret] of Object.entries(secrets)) {
      const text = spelling(place, secret);
      if (NEVER_TEXT.has(place)) {
        t.notOk(redacted.includes(text), `${place} is absent`);
        continue;
      }
      t.ok(
        pieces(text).some((piece) => raw.includes(piece)),
        `${place} is in the raw snapshot`,
      );
      const found = pieces(text).filter((piece) => redacted.includes(piece));
      t.same(found, [], `no piece of ${place} is in the redacted one`);
    }

    const before = JSON.parse(raw.toString()) as Graph;
    const after = JSON.parse(redacted.toString()) as Graph;
    t.same(after.snapshot, before.snapshot, 'the header is untouched');
    t.same(faultsOf(after), []);

    const [nodesBefore, nodesAfter] = [nodesOf(before), nodesOf(after)];
    const named = (type: string, name: string) =>
      nodesAfter.some((node) => node.type === type && node.name === name);
    t.ok(named('object', 'AccountLedger'), 'a class keeps its name');
    t.ok(named('closure', 'describeAccount'), 'a method keeps its name');
    t.ok(named('closure', 'moduleFunction'), 'a function keeps its name');
    t.ok(
      nodesAfter.some(({ type, name }) => type === 'code' && name.endsWith('module-from-file.mjs')),
      'a file keeps its name',
    );
    const properties = new Set(
      edgesOf(after).flatMap(({ type, name }) => (type === 'property' ? [name] : [])),
    );
    for (const name of ['ownerFullName', 'subscriptionPlan', 'retainedByTest', '__proto__', 'constructor']) {
      t.ok(properties.has(name), `the property ${name} keeps its name`);
    }
    const variables = new Set(edgesOf(after).flatMap(({ type, name }) => (type === 'context' ? [name] : [])));
    t.ok(variables.has('inContext'), 'a variable keeps its name');

    const placeholders = new Map<string, string>();
    let unequal = 0;
    for (const [at, { type, name }] of nodesBefore.entries()) {
      const now = nodesAfter[at]!;
      if (!type.endsWith('string') || name === '' || name.startsWith('(')) continue;
      const earlier = placeholders.get(name);
      if (earlier !== undefined && earlier !== now.name) unequal += 1;
      placeholders.set(name, now.name);
    }
    t.equal(unequal, 0, 'equal strings have equal placeholders');
    t.equal(new Set(placeholders.values()).size, placeholders.size, 'different strings have different ones');
    for (const [text, shown] of placeholders) {
      if (
        !/^‹str:[0-9a-f]{16}:\d+›$/.test(shown) ||
        Number(shown.split(':')[2]!.slice(0, -1)) !== text.length
      ) {
        t.fail(`a placeholder says how long the content was: ${shown}, ${text.length}`);
        break;
      }
    }
  });
}
