import type { Registry } from 'prom-client';
import { Type } from 'typebox';
import type { Authorize, RedisClient } from './host-objects.js';
import { snapshotOptions } from './snapshot-options.js';

/** A token shorter than this could be guessed: 16 characters of base64url are 96 bits. */
export const MIN_TOKEN_LENGTH = 16;
export const MAX_TOKEN_LENGTH = 512;
export const MAX_TOKENS = 64;

const MAX_LIST = 200;
const DAY_SECONDS = 86_400;
const URL_PATH = '^(/[A-Za-z0-9._~-]+)+$';

/**
 * Every option, once: type, range, default and description. Types, validation, variables, `.env.example` and the
 * option tables come from here. Beside JSON Schema's keywords, an option may carry the annotations of
 * {@link OptionSchema} in catalogue.ts.
 */
export const optionsSchema = Type.Object({
  prefix: Type.String({
    default: '',
    pattern: `^$|${URL_PATH}`,
    expectation: 'empty, or a path such as "/api" that begins with a slash and does not end with one',
    description: 'Path prefix of the diagnostic routes; it does not apply to `metrics.path`.',
  }),
  token: Type.Union(
    [
      Type.String(),
      Type.Array(
        Type.Union([
          Type.String(),
          Type.Object({
            token: Type.String(),
            role: Type.Enum(['read', 'operate']),
            name: Type.Optional(Type.String()),
          }),
        ]),
      ),
    ],
    {
      default: [],
      secret: true,
      expectation: `tokens of at least ${MIN_TOKEN_LENGTH} characters (letters, digits and - . _ ~ + / =), each with "read:" or "operate:" before it (without, it may operate); in code also an array of strings or { token, role, name? }`,
      description:
        'Bearer tokens that may reach the diagnostics, each with its role. Comma separated in the variable.',
    },
  ),
  allowedHosts: Type.Array(
    Type.String({
      pattern:
        '^(?=.{1,259}$)[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*(:[0-9]{1,5})?$',
      expectation: 'a lower-case host name, with a port if it is served on that port only',
    }),
    {
      default: [],
      maxItems: MAX_LIST,
      description:
        'Names the `Host` header may carry for diagnostics, besides loopback names and IP addresses.',
    },
  ),
  listen: Type.Optional(
    Type.String({
      expectation: '"host:port", ":port", "port" or "[ipv6]:port"; without a host it is 127.0.0.1',
      description: 'Management address: the diagnostics are served there and no longer on the public server.',
    }),
  ),
  responseHeaders: Type.Enum(['always', 'authorized', 'never'], {
    computedDefault: '`authorized` if `NODE_ENV` is `production`, else `always`',
    description: "Who gets the memory headers on the application's own responses.",
  }),
  stateDirectory: Type.String({
    pattern: '^[^\\0]+$',
    expectation: 'a path; a relative one is taken from the working directory at start',
    computedDefault: 'a folder in the temporary directory, named by user, working directory and main script',
    description: 'Where state that survives a restart is kept, such as the pause budget spent.',
  }),
  memoryLimitBytes: Type.Optional(
    Type.Integer({
      minimum: 1_048_576,
      description:
        'Overrides the effective memory limit, which is otherwise the smaller of cgroup and heap limit.',
    }),
  ),
  authorize: Type.Optional(
    Type.Unsafe<Authorize>({
      env: false,
      instance: { kind: 'function' },
      expectation:
        "a function from request to 'read', 'operate', true (as 'operate') or false, or a promise of one",
      description:
        "The application's own access decision, asked for every caller without a token from `token`.",
    }),
  ),
  requests: Type.Object({
    enabled: Type.Boolean({ default: true, description: 'Record every request by its route.' }),
    heapDelta: Type.Boolean({
      default: true,
      description: 'Read the heap before and after each request (about 1 µs a request).',
    }),
    maxRoutes: Type.Integer({
      default: 1000,
      minimum: 1,
      maximum: 100_000,
      description: 'Routes that are recorded separately; further ones share one entry.',
    }),
    exclude: Type.Array(
      Type.String({
        pattern: '^([A-Z]+ )?(/|\\*$)',
        expectation: 'a route pattern, such as "/assets/*" or "GET /assets/*"',
      }),
      {
        default: [],
        maxItems: MAX_LIST,
        description: 'Route patterns, as they were registered, that are not recorded.',
      },
    ),
  }),
  requestProfiling: Type.Object({
    probability: Type.Number({
      default: 0.01,
      minimum: 0,
      maximum: 1,
      description: 'Share of requests that are profiled in detail, some 20 a second at most.',
    }),
  }),
  metrics: Type.Object({
    enabled: Type.Boolean({ default: true, description: 'Serve Prometheus and OpenMetrics text.' }),
    path: Type.String({
      default: '/metrics',
      pattern: URL_PATH,
      expectation: 'a path such as "/metrics" that begins with a slash and does not end with one',
      description: 'Where the metrics are scraped.',
    }),
    access: Type.Enum(['open', 'protected'], {
      default: 'open',
      description:
        'Whether a scrape needs the same access as the diagnostics. Metrics contain only aggregates and route patterns.',
    }),
    defaultMetrics: Type.Boolean({
      default: true,
      description: 'Serve the usual Node and process metrics as well.',
    }),
    durationBucketsSeconds: Type.Array(Type.Number({ exclusiveMinimum: 0, maximum: 3600 }), {
      default: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      minItems: 1,
      maxItems: 50,
      description: 'Upper bounds of the request duration histogram, increasing.',
    }),
    registry: Type.Optional(
      Type.Unsafe<Registry>({
        env: false,
        instance: { kind: 'object', methods: ['metrics', 'registerMetric', 'getSingleMetric'] },
        expectation: 'a prom-client Registry',
        description: 'A prom-client registry of the application, served in the same scrape.',
      }),
    ),
  }),
  history: Type.Object({
    enabled: Type.Boolean({ default: true, description: 'Keep a history of samples, in fixed memory.' }),
    intervalSeconds: Type.Number({
      default: 1,
      minimum: 0.1,
      maximum: 60,
      description: 'Time between two samples.',
    }),
  }),
  verdict: Type.Object({
    enabled: Type.Boolean({ default: true, description: 'Judge whether the process leaks.' }),
    fillHorizonSeconds: Type.Number({
      default: 600,
      minimum: 1,
      maximum: 30 * DAY_SECONDS,
      description: 'How long healthy caches may take to fill; growth is not called a leak before that.',
    }),
    gcProbe: Type.Enum(['off', 'suspicion', 'interval'], {
      default: 'suspicion',
      description:
        'When Tidemark runs a full GC to measure live memory: never, a few times at the start and then on suspicion of growth, or regularly.',
    }),
    gcProbeShare: Type.Number({
      default: 0.001,
      exclusiveMinimum: 0,
      maximum: 0.5,
      description:
        'Share of time that these GCs may take in the long run (0.001: one of 35 ms every 35 s); ten minutes’ worth may be spent at once.',
    }),
  }),
  profile: Type.Object({
    enabled: Type.Boolean({ default: true, description: 'Keep the sampling heap profiler running.' }),
    samplingIntervalBytes: Type.Integer({
      default: 524_288,
      minimum: 1024,
      maximum: 16_777_216,
      description:
        'Mean distance between sampled allocations; coarser while so much is allocated that samples would cost more than 0.5 % of a core.',
    }),
    stackDepth: Type.Integer({
      default: 128,
      minimum: 1,
      maximum: 256,
      description: 'Frames kept of each sampled stack.',
    }),
    sourceMaps: Type.Boolean({
      default: true,
      description: 'Report the original line where a source map exists.',
    }),
    maxSessions: Type.Integer({
      default: 50,
      minimum: 1,
      maximum: 10_000,
      description: 'Profile sessions kept; the oldest are deleted first.',
    }),
    maxSessionBytes: Type.Integer({
      default: 1_048_576,
      minimum: 16_384,
      maximum: 268_435_456,
      description: 'Total size of the sessions as JSON, beyond which the oldest are deleted.',
    }),
  }),
  snapshots: snapshotOptions,
  health: Type.Object({
    warningRatio: Type.Number({
      default: 0.7,
      exclusiveMinimum: 0,
      maximum: 1,
      description: 'Share of the effective limit from which `/health` says `warning`.',
    }),
    criticalRatio: Type.Number({
      default: 0.9,
      exclusiveMinimum: 0,
      maximum: 1,
      description: 'Share of the effective limit from which `/health` says `critical`; above the warning.',
    }),
  }),
  rateLimit: Type.Object({
    max: Type.Integer({
      default: 30,
      minimum: 1,
      maximum: 1_000_000,
      description: 'Calls of expensive routes that one token or peer may make in the window.',
    }),
    timeWindowSeconds: Type.Number({
      default: 60,
      minimum: 1,
      maximum: DAY_SECONDS,
      description: 'Length of that window.',
    }),
    redis: Type.Optional(
      Type.Unsafe<RedisClient>({
        env: false,
        instance: { kind: 'object', methods: ['defineCommand'] },
        expectation: 'an ioredis client',
        description:
          'Redis client that shares the limit between processes; if it fails, each process limits by itself.',
      }),
    ),
  }),
  exports: Type.Object({
    max: Type.Integer({
      default: 10,
      minimum: 1,
      maximum: 1_000_000,
      description: 'Guarded exports that one client may start in the window.',
    }),
    timeWindowSeconds: Type.Number({
      default: 60,
      minimum: 1,
      maximum: DAY_SECONDS,
      description: 'Length of that window.',
    }),
  }),
  cost: Type.Object({
    pauseBudgetMsPerHour: Type.Number({
      default: 10_000,
      minimum: 0,
      maximum: 3_600_000,
      description: 'Milliseconds an hour for which diagnostics may block the event loop.',
    }),
    maxEventLoopUtilization: Type.Number({
      default: 0.95,
      exclusiveMinimum: 0,
      maximum: 1,
      description: 'Event loop utilization above which expensive calls are refused.',
    }),
  }),
});
