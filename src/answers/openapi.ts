/** What an installation changes about the committed document. */
export interface ServedPaths {
  /** Under which the diagnostics hang: empty, or `/api`. */
  readonly prefix: string;
  readonly metrics: {
    readonly enabled: boolean;
    readonly path: string;
    readonly access: 'open' | 'protected';
  };
}

export type OpenapiDocument = Readonly<Record<string, unknown>>;

/** Where the committed document has the metrics. */
const METRICS_PATH = '/metrics';

/**
 * The document as one installation serves it: the prefix is said by `servers`, and the metrics, which the prefix does
 * not touch, have a server, a path and a protection of their own.
 */
export function servedDocument(
  document: OpenapiDocument,
  { prefix, metrics }: ServedPaths,
): Record<string, unknown> {
  const { [METRICS_PATH]: committed, ...paths } = document['paths'] as Record<string, object>;
  if (metrics.enabled && committed !== undefined) {
    const item = metrics.access === 'open' ? committed : withoutOwnSecurity(committed);
    paths[metrics.path] = prefix === '' ? item : { servers: [{ url: '/' }], ...item };
  }
  return { ...document, servers: [{ url: prefix === '' ? '/' : prefix }], paths };
}

/** An operation without `security` has that of the document. */
function withoutOwnSecurity(item: object): object {
  return Object.fromEntries(
    Object.entries(item).map(([method, operation]: [string, object]) => {
      const { security: _, ...rest } = operation as { security?: unknown };
      return [method, rest];
    }),
  );
}
