import { Type, type Static } from 'typebox';
import { Bytes, Count } from './common.js';

export const HeapObject = Type.Object(
  {
    id: Type.Integer({ description: 'the number behind the @ in Chrome DevTools' }),
    kind: Type.String(),
    class: Type.String(),
    label: Type.String({
      description: 'says more than the class: the name of a function, the keys of an object',
    }),
    selfBytes: Bytes,
    retainedBytes: Bytes,
  },
  { title: 'HeapObject' },
);

export const RetainingPath = Type.Object(
  {
    text: Type.String({ description: 'from the last holder that the program itself named' }),
    steps: Type.Array(
      Type.Object({
        edge: Type.String(),
        edgeKind: Type.String(),
        node: Type.String(),
        nodeKind: Type.String(),
        id: Type.Integer(),
      }),
    ),
    length: Count,
  },
  { title: 'RetainingPath' },
);

export const HeldClass = Type.Object({ class: Type.String(), count: Count, retainedBytes: Bytes });

/** `Map @4711`, as it can be looked up in Chrome DevTools. */
export function objectName({ label, id }: Pick<Static<typeof HeapObject>, 'label' | 'id'>): string {
  return `${label} @${id}`;
}

export function pathText(path: { readonly text: string } | undefined): string {
  return path?.text ?? 'only weak references lead to it';
}
