/** What an installation changes in the committed document. */
export interface ServedPaths {
  /** Prefix of the diagnostics: empty, or `/api`. */
  readonly prefix: string;
  readonly metrics: {
    readonly enabled: boolean;
    readonly path: string;
    readonly access: 'open' | 'protected';
  };
}

export type OpenapiDocument = Readonly<Record<string, unknown>>;

/** Path of the metrics in the committed document. */
const METRICS_PATH = '/metrics';

/**
 * The document as one installation serves it: `servers` has the prefix; the metrics, which the prefix does not affect,
 * have their own server, path and protection.
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

/** An operation without `security` inherits that of the document. */
function withoutOwnSecurity(item: object): object {
  return Object.fromEntries(
    Object.entries(item).map(([method, operation]: [string, object]) => {
      const { security: _, ...rest } = operation as { security?: unknown };
      return [method, rest];
    }),
  );
}
