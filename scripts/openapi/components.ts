type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The name of a component schema: only those have a title of one word. */
function nameOf(value: Json): string | undefined {
  const { title, ...rest } = value;
  const isSchema = 'type' in rest || 'enum' in rest;
  return isSchema && typeof title === 'string' && /^[A-Z][A-Za-z]*$/.test(title) ? title : undefined;
}

export interface Hoisted {
  readonly value: unknown;
  readonly schemas: Readonly<Record<string, unknown>>;
}

/**
 * Moves every schema with a title into `components.schemas` and leaves a reference, so that a document defines each
 * shape once. Sorted by name.
 *
 * @throws Error if two different schemas have the same name
 */
export function hoistNamedSchemas(root: unknown): Hoisted {
  const schemas = new Map<string, { readonly source: string; readonly schema: unknown }>();

  function visit(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(visit);
    if (!isObject(value)) return value;
    const name = nameOf(value);
    if (name === undefined) return visitFields(value);
    const source = JSON.stringify(value);
    const known = schemas.get(name);
    if (known === undefined) schemas.set(name, { source, schema: visitFields(value) });
    else if (known.source !== source) throw new Error(`two different schemas are called ${name}`);
    return { $ref: `#/components/schemas/${name}` };
  }

  function visitFields(value: Json): Json {
    return Object.fromEntries(
      Object.entries(value).flatMap(([key, item]) =>
        key === 'title' && nameOf(value) !== undefined ? [] : [[key, visit(item)]],
      ),
    );
  }

  const value = visit(root);
  const sorted = [...schemas].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return { value, schemas: Object.fromEntries(sorted.map(([name, { schema }]) => [name, schema])) };
}
