import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import { followRequest } from '../../src/profile/windows/follow.js';
import { UNFOLLOWED } from '../../src/profile/windows/window.js';
import type { RetentionWindows } from '../../src/profile/windows/windows.js';
import { setMemoryHeaders } from '../../src/requests/memory-headers.js';
import { EXCLUDED_ROW, type Recording } from '../../src/requests/recording.js';
import { UNMATCHED_ROW } from '../../src/requests/route-table.js';

const kRow = Symbol('tidemark.row');

interface RouteConfig {
  [kRow]?: number;
  readonly tidemark?: unknown;
  readonly url?: string;
  readonly method?: string | string[];
}

export interface RecordingHooks {
  readonly recording: Recording;
  /** Follows requests while a window is open; absent without a profile. */
  readonly windows: Pick<RetentionWindows, 'open'> | undefined;
  /** Who sees memory headers; without it nobody does, and no hook is added. */
  readonly headers: HeaderReaders | undefined;
}

/** Who may see the memory headers of a request. */
export interface HeaderReaders {
  /** Called when the request begins; false if nobody will see them, so that the heap need not be read. */
  mayBeShown(request: FastifyRequest): boolean;
  /** Called when the request is answered, if `mayBeShown` was true. */
  isShown(request: FastifyRequest): boolean | Promise<boolean>;
}

/** Records every request of the instance it is called on. */
export function recordRequests(app: FastifyInstance, { recording, windows, headers }: RecordingHooks): void {
  let previous: { readonly url: string; readonly handler: unknown } | undefined;

  app.addHook('onRoute', (route) => {
    const { url, handler, method } = route;
    const config = (route.config ?? {}) as RouteConfig;
    const isOurs = config.tidemark !== undefined;
    // Fastify makes a HEAD route of every GET, right after it. Few are ever requested, so each gets a row on first
    // use.
    if (!isOurs && method === 'HEAD' && previous?.url === url && previous.handler === handler) {
      return;
    }
    const row = isOurs ? EXCLUDED_ROW : recording.rowOf(method, url);
    route.config = { ...config, [kRow]: row } as NonNullable<RouteOptions['config']>;
    if (row === EXCLUDED_ROW) return;
    previous = { url, handler };
  });

  // If a full collection finds no active request, it finds no instance of their hidden classes either, and V8 then
  // discards all code optimized for them: the next 4,000 requests took up to five times as long. The newest reply,
  // with its request, is instance enough. GET only, as its request holds no body.
  const instances: { newest?: FastifyReply } = {};

  app.addHook('onRequest', (request, reply, done) => {
    const row = rowOf(request, recording);
    recording.begin(reply.raw, row, headers !== undefined && headers.mayBeShown(request));
    if (row !== EXCLUDED_ROW && request.method === 'GET') instances.newest = reply;
    const open = windows?.open;
    if (open === undefined) done();
    else if (row === EXCLUDED_ROW) open.run(UNFOLLOWED, done);
    else followRequest(open, request.raw, reply.raw, row, done);
  });

  if (headers === undefined) return;
  const show = (reply: FastifyReply): void => {
    const delta = recording.read(reply.raw);
    if (delta !== undefined) setMemoryHeaders(reply, delta, reply.getHeader('server-timing'), setHeader);
  };
  app.addHook('onSend', (request, reply, _payload, done) => {
    const allowed = recording.isShown(reply.raw) && headers.isShown(request);
    if (typeof allowed === 'boolean') {
      if (allowed) show(reply);
      done();
      return;
    }
    const answer = (allowed: boolean): void => {
      // The client may have disconnected, and the record may belong to another request by now.
      if (allowed && recording.isShown(reply.raw)) show(reply);
      done();
    };
    // If Fastify refuses the payload it throws out of `done`; nobody else would catch it here.
    allowed.then(answer).catch((error: unknown) => reply.send(error));
  });
}

function setHeader(reply: FastifyReply, name: string, value: string): void {
  reply.header(name, value);
}

/**
 * A route without a row is the HEAD of a GET, or was registered before the plugin; it is added on its first request.
 */
function rowOf(request: FastifyRequest, recording: Recording): number {
  const config = request.routeOptions.config as RouteConfig;
  const known = config[kRow];
  if (known !== undefined) return known;
  if (config.url === undefined) return UNMATCHED_ROW;
  const row = recording.rowOf(config.method ?? request.method, config.url);
  config[kRow] = row;
  return row;
}
