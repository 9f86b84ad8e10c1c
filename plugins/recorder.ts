import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import type { ResolvedOptions } from '../src/config/options.js';
import type { Core } from '../src/core.js';
import { NO_RECORD, type HeapDelta, type Recorder } from '../src/requests/recorder.js';
import { UNMATCHED_ROUTE } from '../src/requests/route-table.js';
import { withRouteFrame } from '../src/requests/route-frame.js';
import type { AccessGuard } from './access.js';

const kRoute = Symbol('tidemark.route');
const kRecord = Symbol('tidemark.record');
const EXCLUDED = -1;

interface RouteMark {
  [kRoute]?: number;
}

interface RecordedResponse {
  [kRecord]?: number;
  statusCode: number;
  headersSent: boolean;
  writableFinished: boolean;
  on(event: 'close', listener: () => void): unknown;
}

export interface RecordingParts {
  readonly core: Core;
  readonly access: AccessGuard;
}

/** Records every request of the instance it is called on. Adds two hooks, and a third only for headers. */
export function recordRequests(app: FastifyInstance, { core, access }: RecordingParts): void {
  const { deep, options } = core;
  const recorder = core.recorder!;
  const excluded = new Set(options.requests.exclude);
  const mayShowHeaders = headersFor(options, access);

  app.addHook('onRoute', (route) => {
    const config = (route.config ?? {}) as RouteMark & { tidemark?: unknown };
    const method = methodLabel(route.method);
    const own = config.tidemark !== undefined;
    if (own || excluded.has(route.url) || excluded.has(`${method} ${route.url}`)) {
      route.config = { ...route.config, [kRoute]: EXCLUDED } as NonNullable<RouteOptions['config']>;
      return;
    }
    const index = recorder.addRoute(method, route.url);
    route.config = { ...route.config, [kRoute]: index } as NonNullable<RouteOptions['config']>;
    if (core.profile !== undefined) route.handler = withRouteFrame(route.handler, index);
  });

  // `this` is the response, so that one function serves every request. 'close' comes after 'finish', after an abort,
  // for hijacked replies and streams alike, and on HTTP/2 and injected responses too; onResponse misses aborts.
  function close(this: RecordedResponse): void {
    const record = this[kRecord];
    if (record === undefined || record === NO_RECORD) return;
    this[kRecord] = NO_RECORD;
    const answered = this.writableFinished;
    deep?.end(record, answered ? this.statusCode : 0);
    recorder.end(record, answered ? this.statusCode : 0);
  }

  app.addHook('onRequest', (request, reply, done) => {
    const route = rowOf(request, recorder);
    if (route !== EXCLUDED) {
      const response = reply.raw as unknown as RecordedResponse;
      const record = recorder.begin(route);
      if (record !== NO_RECORD) {
        response[kRecord] = record;
        response.on('close', close);
        deep?.begin(record, route);
      }
    }
    done();
  });

  if (mayShowHeaders === undefined) return;
  app.addHook('onSend', (request, reply, payload, done) => {
    const record = (reply.raw as unknown as RecordedResponse)[kRecord];
    if (record === undefined || record === NO_RECORD) {
      done(null, payload);
      return;
    }
    const answer = (allowed: boolean): void => {
      if (allowed) setHeaders(reply, recorder.read(record));
      done(null, payload);
    };
    const allowed = mayShowHeaders(request);
    if (typeof allowed === 'boolean') answer(allowed);
    else void allowed.then(answer);
  });
}

/** Who sees memory headers; undefined when nobody does, and then no hook is added. */
function headersFor(
  { responseHeaders, requests }: ResolvedOptions,
  access: AccessGuard,
): ((request: FastifyRequest) => boolean | Promise<boolean>) | undefined {
  if (responseHeaders === 'never' || !requests.heapDelta) return undefined;
  return responseHeaders === 'always' ? () => true : (request) => access.isAuthorized(request);
}

/** A route known only at its first request was registered before the plugin; it is added then. */
function rowOf(request: FastifyRequest, recorder: Recorder): number {
  const config = request.routeOptions.config as RouteMark & { url?: string; method?: string | string[] };
  const known = config[kRoute];
  if (known !== undefined) return known;
  if (config.url === undefined) return UNMATCHED_ROUTE;
  const index = recorder.addRoute(methodLabel(config.method ?? request.method), config.url);
  config[kRoute] = index;
  return index;
}

function methodLabel(method: string | readonly string[]): string {
  if (typeof method === 'string') return method;
  return method.length > 6 ? 'ALL' : method.join('|');
}

function setHeaders(reply: FastifyReply, delta: HeapDelta): void {
  const { deltaBytes } = delta;
  const kib = deltaBytes / 1024;
  reply.header('x-memory-delta-bytes', deltaBytes);
  reply.header('x-memory-delta-quality', delta.quality);
  reply.header('x-memory-heap-used-bytes', delta.heapUsedBytes);
  const own = `app;dur=${delta.durationMs.toFixed(2)}, heap;desc="${deltaBytes < 0 ? '' : '+'}${kib.toFixed(1)} KiB"`;
  const theirs = reply.getHeader('server-timing');
  reply.header('server-timing', theirs === undefined ? own : `${String(theirs)}, ${own}`);
}
