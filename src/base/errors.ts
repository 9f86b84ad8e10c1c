/**
 * The only table of errors: code, HTTP status and message template. `docs/errors.md` is tested against it both ways.
 */
export const errorTable = {
  TIDEMARK_ERR_CONFIG_INVALID: { statusCode: 500, message: 'Invalid Tidemark configuration' },
  TIDEMARK_ERR_PLUGIN_REGISTERED_TWICE: {
    statusCode: 500,
    message:
      'tidemark is already registered on this Fastify instance; register it once, on the root instance',
  },
  TIDEMARK_ERR_LISTEN_FAILED: {
    statusCode: 500,
    message: 'The management listener of the listen option could not start',
  },
  TIDEMARK_ERR_INPUT_INVALID: { statusCode: 400, message: 'The request is not valid' },
  TIDEMARK_ERR_INPUT_MEDIA_TYPE: {
    statusCode: 415,
    message: "The body must be JSON; with curl add -H 'content-type: application/json'",
  },
  TIDEMARK_ERR_ACCESS_UNAUTHORIZED: {
    statusCode: 401,
    message:
      'Diagnostics answer a direct loopback peer, a known bearer token, or what the authorize option allows',
  },
  TIDEMARK_ERR_ACCESS_FORBIDDEN: { statusCode: 403, message: 'This needs the "operate" role' },
  TIDEMARK_ERR_ACCESS_HOST: { statusCode: 403, message: 'The Host header names a host that is not served' },
  TIDEMARK_ERR_ACCESS_ORIGIN: {
    statusCode: 403,
    message: 'A cross-site browser request may not change or read diagnostics',
  },
  TIDEMARK_ERR_COST_BUSY: { statusCode: 409, message: 'Another expensive operation is running' },
  TIDEMARK_ERR_COST_RATE: { statusCode: 429, message: 'Too many requests to an expensive route' },
  TIDEMARK_ERR_COST_BUDGET: {
    statusCode: 429,
    message: 'The pause budget of this hour is spent',
  },
  TIDEMARK_ERR_COST_OVERLOADED: {
    statusCode: 503,
    message: 'The event loop is overloaded; an expensive operation would make it worse',
  },
  TIDEMARK_ERR_EXPORT_RATE: { statusCode: 429, message: 'Too many exports from this client' },
  TIDEMARK_ERR_PROFILE_UNAVAILABLE: {
    statusCode: 503,
    message: 'The sampling heap profiler is not available',
  },
  TIDEMARK_ERR_PROFILE_SESSION_LIMIT: { statusCode: 429, message: 'Too many profile sessions are open' },
  TIDEMARK_ERR_PROFILE_SESSION_UNKNOWN: { statusCode: 404, message: 'No such profile session is stored' },
  TIDEMARK_ERR_GC_UNAVAILABLE: {
    statusCode: 503,
    message: 'This runtime does not let us run a garbage collection',
  },
  TIDEMARK_ERR_FEATURE_OFF: { statusCode: 404, message: 'This feature is switched off by configuration' },
  TIDEMARK_ERR_INSTANCES_INVALID: { statusCode: 500, message: 'This class cannot be tracked' },
  TIDEMARK_ERR_INSTANCES_LIMIT: { statusCode: 500, message: 'Too many classes are tracked' },
  TIDEMARK_ERR_HEAP_INVALID: {
    statusCode: 422,
    message: 'This is not a heap snapshot, or it is damaged',
  },
  TIDEMARK_ERR_HEAP_TRUNCATED: { statusCode: 422, message: 'The heap snapshot ends too early' },
  TIDEMARK_ERR_HEAP_LIMIT: { statusCode: 413, message: 'The heap snapshot is larger than may be read' },
  TIDEMARK_ERR_CLI_USAGE: { statusCode: 400, message: 'The command line is not valid' },
  TIDEMARK_ERR_CLI_FILE: { statusCode: 404, message: 'A file cannot be used' },
  TIDEMARK_ERR_SNAPSHOT_UNAVAILABLE: {
    statusCode: 503,
    message: 'This writer of heap snapshots does not work here',
  },
  TIDEMARK_ERR_SNAPSHOT_STALLED: { statusCode: 503, message: 'The heap snapshot did not get on' },
  TIDEMARK_ERR_SNAPSHOT_DIED: {
    statusCode: 503,
    message: 'What wrote the heap snapshot ended before it was done',
  },
  TIDEMARK_ERR_SNAPSHOT_READER: {
    statusCode: 500,
    message: 'What was to store the heap snapshot ended before it was done',
  },
  TIDEMARK_ERR_SNAPSHOT_CANCELLED: { statusCode: 409, message: 'The heap snapshot was cancelled' },
  TIDEMARK_ERR_SNAPSHOT_REFUSED: {
    statusCode: 409,
    message: 'The process or its disk would probably not survive a heap snapshot now',
  },
  TIDEMARK_ERR_REDACTION_MALFORMED: {
    statusCode: 422,
    message: 'This is not a heap snapshot that can be redacted',
  },
  TIDEMARK_ERR_REDACTION_LIMIT: {
    statusCode: 422,
    message: 'The heap snapshot is larger than can be redacted',
  },
  TIDEMARK_ERR_SNAPSHOT_UNKNOWN: { statusCode: 404, message: 'No such snapshot is stored' },
  TIDEMARK_ERR_SNAPSHOT_DAMAGED: { statusCode: 500, message: 'The stored snapshot is not what was written' },
  TIDEMARK_ERR_SNAPSHOT_RANGE: { statusCode: 416, message: 'The snapshot has no such bytes' },
  TIDEMARK_ERR_SNAPSHOT_STORAGE: { statusCode: 507, message: 'The snapshot could not be stored' },
  TIDEMARK_ERR_SNAPSHOT_DIRECTORY: { statusCode: 500, message: 'The snapshot directory cannot be used' },
  TIDEMARK_ERR_SNAPSHOT_RAW: {
    statusCode: 403,
    message: 'Raw snapshots hold the secrets of the server, and snapshots.allowRaw is not set',
  },
  TIDEMARK_ERR_ANALYSIS_ENDED: {
    statusCode: 503,
    message: 'The process that analyses heap snapshots ended before it was done',
  },
  TIDEMARK_ERR_OPERATION_UNKNOWN: { statusCode: 404, message: 'There is no such operation' },
  TIDEMARK_ERR_INTERNAL: { statusCode: 500, message: 'The diagnostics failed; the log says why' },
} as const satisfies Record<string, { statusCode: number; message: string }>;

export type ErrorCode = keyof typeof errorTable;

/** One fault: where it is, and what would be valid. */
export interface ErrorDetail {
  readonly path: string;
  readonly message: string;
  readonly value?: unknown;
  readonly expected?: string;
}

export interface ErrorExtras {
  readonly details?: readonly ErrorDetail[];
  /** Appended to the table's message after a colon. */
  readonly reason?: string;
  readonly retryAfterSeconds?: number;
  readonly cause?: unknown;
}

/** An error with a code of {@link errorTable}; Fastify answers with the table's HTTP status. */
export class TidemarkError extends Error {
  readonly code: ErrorCode;
  readonly statusCode: number;
  readonly details: readonly ErrorDetail[] | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(code: ErrorCode, extras: ErrorExtras = {}) {
    const { statusCode, message } = errorTable[code];
    const lines = extras.details?.map((detail) => `\n  - ${detail.path}: ${detail.message}`).join('') ?? '';
    const reason = extras.reason === undefined ? '' : `: ${extras.reason}`;
    super(`${message}${reason}${lines}`, extras.cause === undefined ? undefined : { cause: extras.cause });
    this.name = 'TidemarkError';
    this.code = code;
    this.statusCode = statusCode;
    this.details = extras.details;
    this.retryAfterSeconds = extras.retryAfterSeconds;
  }
}

/** Whether an error means "not now" (busy, overloaded, out of budget), not that something is broken. */
export function isRefusal(error: unknown): boolean {
  return error instanceof TidemarkError && error.code.startsWith('TIDEMARK_ERR_COST_');
}

/** Refuses what needs a part that an option has switched off. */
export function featureOff(option: string): TidemarkError {
  return new TidemarkError('TIDEMARK_ERR_FEATURE_OFF', { reason: `${option} is false` });
}
