declare const brand: unique symbol;

/** Row of a node: 0 is the first node of the file. Not V8's own `id` of an object. */
export type NodeOrdinal = number & { readonly [brand]: 'node' };

/** Row of an edge, in the order of the file: the edges of node 0, then those of node 1, and so on. */
export type EdgeOrdinal = number & { readonly [brand]: 'edge' };

/** Position in the file's table of strings. */
export type StringIndex = number & { readonly [brand]: 'string' };
