import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { mediaTypeOf, type HttpAnswer } from './http.js';

export interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly description?: string;
}

export interface Operation {
  readonly summary: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly security?: readonly unknown[];
  readonly parameters?: readonly Parameter[];
  readonly responses: Readonly<Record<string, { readonly content: Readonly<Record<string, unknown>> }>>;
}

export interface Contract {
  /** Operations by `GET /memory/stats`. */
  readonly operations: ReadonlyMap<string, Operation>;
  /** Differences between an answer and the document, in both directions; empty if the answer keeps the contract. */
  faults(operation: string, answer: HttpAnswer): string[];
  /** The same for a value and a schema of `components`. */
  schemaFaults(name: string, value: unknown): string[];
}

export const documentUrl = new URL('../../../docs/openapi.json', import.meta.url);

type Json = Readonly<Record<string, unknown>>;

/** Fields that a schema does not name become faults: a document must name every field. */
function strict(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(strict);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.fromEntries(Object.entries(value).map(([key, item]) => [key, strict(item)]));
  const isOpen = 'properties' in fields && fields['type'] === 'object' && !('additionalProperties' in fields);
  return isOpen ? { ...fields, additionalProperties: false } : fields;
}

const escaped = (token: string): string => token.replaceAll('~', '~0').replaceAll('/', '~1');

/** The committed document, ready to check answers against. */
export function readContract(): Contract {
  const document = JSON.parse(readFileSync(documentUrl, 'utf8')) as {
    paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  };
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  formats.default(ajv);
  ajv.addSchema(strict(document) as Json, 'document');

  const check = (pointer: string, value: unknown): string[] => {
    const valid = ajv.validate({ $ref: `document#${encodeURI(pointer)}` }, value);
    return valid ? [] : (ajv.errors ?? []).map((error) => `${error.instancePath} ${ajv.errorsText([error])}`);
  };

  const operations = new Map<string, Operation>(
    Object.entries(document.paths).flatMap(([path, item]) =>
      Object.entries(item).map(
        ([method, operation]) => [`${method.toUpperCase()} ${path}`, operation] as const,
      ),
    ),
  );

  return {
    operations,
    schemaFaults: (name, value) => check(`/components/schemas/${name}`, value),
    faults(name, answer) {
      const [method = '', path = ''] = name.split(' ');
      const type = mediaTypeOf(answer);
      const content = operations.get(name)?.responses[answer.status]?.content;
      if (content === undefined) return [`${name} does not document ${answer.status}: ${answer.text}`];
      if (!(type in content)) return [`${name} does not document ${type} for ${answer.status}`];
      const pointer = [
        'paths',
        path,
        method.toLowerCase(),
        'responses',
        String(answer.status),
        'content',
        type,
      ];
      const value = type === 'application/json' ? answer.json : answer.text;
      return check(`/${[...pointer.map(escaped), 'schema'].join('/')}`, value);
    },
  };
}
