import { Type, type Static, type TSchema, type TUnsafe } from 'typebox';

/** An object of values of one kind, by names that are not known beforehand. `Type.Record` would load all of TypeBox. */
export function byName<Value extends TSchema>(
  value: Value,
  annotations: { readonly description?: string } = {},
): TUnsafe<Record<string, Static<Value>>> {
  return Type.Unsafe({ type: 'object', ...annotations, additionalProperties: value });
}
