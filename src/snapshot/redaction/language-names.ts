import vm from 'node:vm';

/** Names that the language itself defines: they reveal nothing about a program's data. */
export interface LanguageNames {
  readonly properties: ReadonlySet<string>;
  /** Values of `Symbol.toStringTag`, which are the class names of objects without a constructor of their own. */
  readonly tags: ReadonlySet<string>;
}

// Of instances, results and functions, which a walk over the intrinsic objects does not reach.
const INSTANCE_NAMES = [
  '__proto__ arguments callee caller cause configurable detail done enumerable exports get groups id index indices',
  'input lastIndex length message name path promise raw reason reject resolve set stack status value writable',
].join(' ');

// Of objects that the walk cannot create, of Node, and of versions newer than the one that redacts.
const TAGS = [
  'Async-from-Sync Iterator',
  'Segmenter String Iterator',
  'Iterator Helper',
  'Module',
  'URLSearchParams Iterator',
  'Headers Iterator',
  'FormData Iterator',
  'Intl.DurationFormat',
  'WebAssembly.Suspending',
];

const SYMBOLS = ['asyncDispose', 'dispose', 'metadata'].map((name) => `<symbol Symbol.${name}>`);

// Runs in a separate context, as the intrinsic objects of this one may have properties named by data.
const WALK = `(() => {
  const names = new Set(), tags = new Set(), seen = new Set();
  const queue = [globalThis, function* () {}, async function* () {}, async () => {}, [].values(), new Map().values(),
    new Set().values(), ''[Symbol.iterator](), ''.matchAll(/a/g)];
  while (queue.length > 0) {
    const object = queue.pop();
    if ((typeof object !== 'object' && typeof object !== 'function') || object === null || seen.has(object)) continue;
    seen.add(object);
    queue.push(Reflect.getPrototypeOf(object));
    for (const key of Reflect.ownKeys(object)) {
      names.add(typeof key === 'string' ? key : '<symbol ' + key.description + '>');
      const { value, get, set } = Reflect.getOwnPropertyDescriptor(object, key);
      queue.push(value, get, set);
      if (key === Symbol.toStringTag && typeof value === 'string') tags.add(value);
    }
  }
  return JSON.stringify([[...names], [...tags]]);
})()`;

/** Takes a few milliseconds: call it once a snapshot. */
export function languageNames(): LanguageNames {
  const [names, tags] = JSON.parse(vm.runInNewContext(WALK) as string) as [string[], string[]];
  return {
    properties: new Set([...names, ...SYMBOLS, ...INSTANCE_NAMES.split(' ')]),
    tags: new Set([...tags, ...TAGS]),
  };
}
