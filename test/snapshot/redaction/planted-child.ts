// Plants the secrets that it reads from its input in every place of the heap that shows text, and writes its snapshot
// to its output. The secrets come from outside, so that none is written in this source.
import { Buffer } from 'node:buffer';
import { once } from 'node:events';
import http, { type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import v8 from 'node:v8';

const { secrets: given, module: modulePath } = JSON.parse(await text(process.stdin)) as {
  secrets: Record<string, string>;
  module: string;
};

/** The secret of a place. */
function planted(place: string): string {
  const secret = given[place];
  if (secret === undefined) throw new Error(`no secret for ${place}`);
  return secret;
}

class AccountLedger {
  readonly ownerFullName: string;
  readonly #balanceOfAccount: string;

  constructor(owner: string, balance: string) {
    this.ownerFullName = owner;
    this.#balanceOfAccount = balance;
  }

  describeAccount(): string {
    return this.ownerFullName + this.#balanceOfAccount;
  }
}

const kept: unknown[] = [];
(globalThis as Record<string, unknown>)['retainedByTest'] = kept;

const read = (object: Record<string, unknown>, key: string): unknown => object[key];

function boundFunction(...held: string[]): number {
  return held.length;
}

function plantKeys(): void {
  const users: Record<string, unknown> = {};
  users[planted('objectKey')] = { subscriptionPlan: 'gold' };
  users[planted('secondObjectKey')] = 2.5;
  const dictionary: Record<string, unknown> = {};
  for (let index = 0; index < 60; index++) dictionary[`${planted('dictionaryKey')}${index}`] = { index };
  const deleted: Record<string, unknown> = { [planted('deletedKey')]: {}, temporary: 1 };
  delete deleted['temporary'];
  kept.push(users, dictionary, deleted, Object.keys(dictionary));
  kept.push(
    JSON.parse(`{"${planted('jsonKey')}": {"nested": "${planted('jsonValue')}"}, "jsonPlainKey": {}}`),
  );
  kept.push({ [planted('computedMethod')]() {} }, { [planted('computedFunction')]: () => 1 });
  kept.push(Object.defineProperty({}, planted('getterKey'), { get: () => 1, enumerable: true }));
  kept.push(
    class WithStatic {
      readonly instanceField = 1;
      // @ts-expect-error: the compiler wants to know the key.
      static [planted('staticKey')] = {};
    },
  );
  (globalThis as Record<string, unknown>)[planted('globalKey')] = {};
  const hot = { [planted('hotKey')]: {} };
  // Often enough that V8 optimizes the function and takes the key into its code.
  for (let index = 0; index < 200_000; index++) read(hot, planted('hotKey'));
  kept.push(hot, read);
}

function plantValues(): void {
  kept.push(new AccountLedger(planted('stringValue'), planted('privateValue')));
  kept.push(
    new Map<unknown, unknown>([[planted('mapKey'), planted('mapValue')]]),
    new Set([planted('setMember')]),
  );
  const weakKey = {};
  kept.push(weakKey, new WeakMap([[weakKey, planted('weakMapValue')]]));
  kept.push(Symbol(planted('symbolDescription')), Symbol.for(planted('registeredSymbol')));
  kept.push({ [Symbol(planted('symbolKey'))]: {} }, { [Symbol.toStringTag]: planted('toStringTag') });
  kept.push(`template of ${planted('templatePart')} and ${kept.length}`);
  kept.push(planted('concatenatedHead') + planted('concatenatedTail') + '.'.repeat(kept.length));
  kept.push(planted('sliced').repeat(4).slice(2, 50), planted('longText').repeat(200));
  kept.push(
    Buffer.from(planted('bufferText')).toString('utf8'),
    Buffer.from(planted('latinText')).toString('latin1'),
  );
  kept.push(new RegExp(planted('regularExpression')), BigInt(planted('bigint')), Number(planted('number')));
  kept.push(process.env[planted('variableName')]);
  kept.push(boundFunction.bind(null, planted('boundArgument')), Promise.resolve(planted('promiseValue')));
  const inContext = planted('closureValue');
  kept.push(function closureFunction() {
    return inContext;
  });
  const failure = new Error(planted('errorMessage'), { cause: planted('errorCause') });
  kept.push(failure, failure.stack);
  kept.push(new URL(`https://user:${planted('urlPassword')}@example.test/?token=${planted('urlQuery')}`));
}

async function plantSources(): Promise<void> {
  const indirectEval = Reflect.get(globalThis, 'eval') as (source: string) => unknown;
  kept.push(new Function('argument', `return argument + "${planted('functionSource')}"`));
  kept.push(
    indirectEval(
      `(function evaluated() { /* ${planted('evalComment')} */ return "${planted('evalSource')}" })`,
    ),
  );
  const fromFile = (await import(modulePath)) as { moduleFunction(): string };
  kept.push(fromFile, fromFile.moduleFunction());
  kept.push(await import(`data:text/javascript,export const quoted = "${planted('dataUrl')}"`));
  kept.push(await import(`${modulePath}?token=${planted('moduleQuery')}`));
}

async function plantRequest(): Promise<void> {
  const server = http.createServer((request: IncomingMessage, response) => {
    kept.push(request.headers, request.rawHeaders, request.url);
    response.end(planted('responseBody'));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const response = await fetch(`http://127.0.0.1:${port}/orders/${planted('requestPath')}`, {
    headers: {
      authorization: `Bearer ${planted('bearerToken')}`,
      [planted('headerName').toLowerCase()]: 'x',
    },
  });
  kept.push(await response.text());
  server.closeAllConnections();
  server.close();
}

plantKeys();
plantValues();
await plantSources();
await plantRequest();
(kept.find((item) => item instanceof AccountLedger) as AccountLedger).describeAccount();

const options = { exposeInternals: true, exposeNumericValues: true };
v8.getHeapSnapshot(process.argv[2] === 'numbers' ? options : undefined).pipe(process.stdout);
