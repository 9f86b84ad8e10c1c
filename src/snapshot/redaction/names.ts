import { splitFileName } from './file-name.js';
import type { LanguageNames } from './language-names.js';
import { placeholderOf, type PlaceholderKind } from './placeholder.js';
import type { SipHash } from './sip-hash.js';
import { EdgeUse, Use } from './uses.js';

/** What judging a name may use. Names are as written in JSON, without quotes. */
export interface NameContext {
  readonly language: LanguageNames;
  readonly hash: SipHash;
  /** Bits of {@link Use} of the word if code refers to it, else 0. */
  usesOf(word: string): number;
}

// V8's names of holders of source code strings: `V8HeapExplorer` in src/profiler/heap-snapshot-generator.cc.
export const LITERAL_HOLDERS: ReadonlySet<string> = new Set([
  '(constant pool)',
  'system / ObjectBoilerplateDescription',
  'system / ClassBoilerplate',
]);
export const SCOPE_HOLDERS: ReadonlySet<string> = new Set(['system / ScopeInfo', '(context local names)']);

/** V8's names of composite strings, in place of their content. */
export const COMPOSITE_STRINGS: ReadonlySet<string> = new Set(['(concatenated string)', '(sliced string)']);

const TERMS = new Set(['symbol', 'private symbol', 'heap number', 'smi number', 'number', 'bigint']);

const WORD = String.raw`(?:[\w$]|\\u[0-9a-fA-F]{4})`;
const VARIABLE = new RegExp(`^[.#]?${WORD}(?:${WORD}|[.-]){0,255}$`);
const CLASS = new RegExp(`^${WORD}(?:${WORD}|[.#<>]){0,255}$`);
const STRUCTURE = /^[\w ()/:<>,.*&~+[\]-]{0,128}$/;
const INTERNAL =
  /^(?:[A-Za-z_][\w .]{0,80}|\d{1,10}(?: \/ (?:[A-Za-z_]\w{0,100}|deoptimization literal))?|)$/;
const EPHEMERON =
  /^(\d+) \/ part of key \(.* @(\d+)\) -> value \(.* @(\d+)\) pair in WeakMap \(table @(\d+)\)$/s;
const LITERAL_KEY = /^[A-Za-z_$][\w$-]{0,63}$/;
const MAX_LITERAL_DIGITS = 4;

/**
 * Whether code writes this word as a name. The name of a variable or a function is one. A literal is one only if it
 * looks like a name: it might be an e-mail address or a token written into the code.
 */
export function isWrittenInSource(word: string, uses: number): boolean {
  if ((uses & (Use.ScopeName | Use.Function)) !== 0 && VARIABLE.test(word)) return true;
  if ((uses & Use.Literal) === 0 || !LITERAL_KEY.test(word)) return false;
  return word.replaceAll(/\D/g, '').length <= MAX_LITERAL_DIGITS;
}

function file(json: string, context: NameContext): string | undefined {
  const { kept, secret } = splitFileName(json);
  if (secret === undefined) return kept;
  return kept === '' ? undefined : kept + placeholderOf('file', context.hash, secret);
}

const isFunctionName = (json: string): boolean => json.length <= 256 && !/\\[^u"\\]|\\u00[01]/.test(json);

function className(json: string, uses: number, { language }: NameContext): boolean {
  if (language.tags.has(json) || /^(?:(?:global|Object)(?: \(global\*?\))?|)$/.test(json)) return true;
  if (/^(?:system|Node) \/ [\w ():<>,*&~-]{1,100}$/.test(json)) return true;
  // A class has a constructor and takes its name; any other name is `Symbol.toStringTag`, which may be data.
  if ((uses & Use.Function) !== 0) return isFunctionName(json);
  return (uses & Use.InCode) !== 0 && CLASS.test(json);
}

/** @returns what to write as the name of nodes, in JSON without quotes, or undefined to replace it */
export function judgeNodeName(json: string, uses: number, context: NameContext): string | undefined {
  if ((uses & Use.Class) !== 0 && className(json, uses, context)) return json;
  if ((uses & Use.Term) !== 0 && TERMS.has(json)) return json;
  if ((uses & Use.Structure) !== 0 && STRUCTURE.test(json)) return json;
  if ((uses & Use.Function) !== 0 && isFunctionName(json)) return json;
  return (uses & Use.Code) === 0 ? undefined : file(json, context);
}

export function nodeNameKind(uses: number): PlaceholderKind {
  if ((uses & Use.Class) !== 0) return 'class';
  if ((uses & Use.Function) !== 0) return 'function';
  return (uses & Use.Code) === 0 ? 'name' : 'code';
}

const SYMBOL = /^<symbol (.*)>$/s;
const ACCESSOR = /^([gs]et )(.*)$/s;

/** Whether the name contains another one, which {@link judgeEdgeName} must see. */
export const isComposite = (json: string): boolean =>
  json === '<symbol>' || SYMBOL.test(json) || ACCESSOR.test(json);

function judgeProperty(json: string, uses: number, context: NameContext): string | undefined {
  if (context.language.properties.has(json) || isWrittenInSource(json, uses)) return json;
  const [, symbol] = SYMBOL.exec(json) ?? [];
  if (symbol !== undefined) {
    // The description is text like any other; it is kept only if it is also a variable's name, as is customary.
    const isVariable = (context.usesOf(symbol) & Use.ScopeName) !== 0 && VARIABLE.test(symbol);
    return isVariable ? json : `<symbol ${placeholderOf('sym', context.hash, symbol)}>`;
  }
  if (json === '<symbol>') return json;
  const [, accessor, property] = ACCESSOR.exec(json) ?? [];
  if (accessor === undefined || property === undefined) return undefined;
  const inner = judgeProperty(property, context.usesOf(property), context);
  return accessor + (inner ?? placeholderOf('key', context.hash, property));
}

function judgeInternal(json: string): string | undefined {
  if (INTERNAL.test(json)) return json;
  // V8 writes the names of key and value into it, and a string's name is its content.
  const [, index, key, value, table] = EPHEMERON.exec(json) ?? [];
  if (index === undefined) return undefined;
  return `${index} / part of key (… @${key}) -> value (… @${value}) pair in WeakMap (table @${table})`.replaceAll(
    '…',
    '\\u2026',
  );
}

/** @returns what to write as the name of edges, in JSON without quotes, or undefined to replace it */
export function judgeEdgeName(
  json: string,
  edgeUses: number,
  uses: number,
  context: NameContext,
): string | undefined {
  if ((edgeUses & EdgeUse.Variable) !== 0 && VARIABLE.test(json)) return json;
  if ((edgeUses & EdgeUse.Internal) !== 0) {
    const internal = judgeInternal(json);
    if (internal !== undefined) return internal;
  }
  if ((edgeUses & EdgeUse.Function) !== 0 && isFunctionName(json)) return json;
  if ((edgeUses & EdgeUse.File) !== 0) {
    const name = file(json, context);
    if (name !== undefined) return name;
  }
  return (edgeUses & EdgeUse.Property) === 0 ? undefined : judgeProperty(json, uses, context);
}
