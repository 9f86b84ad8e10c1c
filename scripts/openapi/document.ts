import swagger from '@fastify/swagger';
import fastify, { type FastifyInstance, type RouteOptions } from 'fastify';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tidemark } from '../../plugins/tidemark.js';
import { hoistNamedSchemas } from './components.js';

type Operation = Record<string, unknown> & { requestBody?: { required: boolean } };
type Paths = Record<string, Record<string, Operation>>;

const description = [
  'Diagnostics of a running server. Each operation names its cost first.',
  'Bytes are integers in ...Bytes, durations are in ...Ms or ...Seconds, times are ISO 8601 UTC, ratios are 0 to 1.',
  'More fields may be added; none is renamed or changes its meaning.',
].join('\n');

/** `GET /memory/leak-detection` becomes `getMemoryLeakDetection`. */
function operationId(method: string, url: string): string {
  const words = url.split(/[^A-Za-z0-9]+/).filter((word) => word !== '');
  const camel = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
  return `${method.toLowerCase()}${camel}`;
}

/** Adds to a route's schema who may call it, from the route's config. */
function describeRoute({ schema, url, route }: { schema: object; url: string; route: RouteOptions }): {
  schema: object;
  url: string;
} {
  const role = route.config?.tidemark?.role;
  const access = role === undefined ? { security: [] } : { 'x-tidemark-role': role };
  return { url, schema: { ...schema, operationId: operationId(String(route.method), url), ...access } };
}

/** An application with every diagnostic route, at the paths of the contract. */
async function createApp(version: string): Promise<FastifyInstance> {
  const app = fastify();
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Tidemark', version, description, license: { name: 'MIT', identifier: 'MIT' } },
      servers: [{ url: '/' }],
      // A direct loopback peer needs no token.
      security: [{}, { bearer: [] }],
      tags: [{ name: 'diagnostics', description: 'What the process knows of its own memory.' }],
      components: {
        securitySchemes: {
          bearer: { type: 'http', scheme: 'bearer', description: 'a token of the option token' },
        },
      },
    },
    transform: describeRoute as never,
  });
  await app.register(tidemark, {
    prefix: '',
    metrics: { enabled: true, path: '/metrics', access: 'open' },
    verdict: { gcProbe: 'off' },
    stateDirectory: join(tmpdir(), 'tidemark-openapi'),
  });
  return app;
}

function sortedPaths(paths: Paths): Paths {
  const sorted = Object.entries(paths).toSorted(([a], [b]) => (a < b ? -1 : 1));
  for (const [, item] of sorted) {
    // @fastify/swagger marks every body as required; ours are optional.
    for (const { requestBody } of Object.values(item)) if (requestBody) requestBody.required = false;
  }
  return Object.fromEntries(sorted);
}

/** The OpenAPI document of all routes; it depends on nothing but the code. */
export async function buildDocument(version: string): Promise<Record<string, unknown>> {
  const app = await createApp(version);
  try {
    await app.ready();
    const { paths, components, ...head } = JSON.parse(JSON.stringify(app.swagger())) as {
      paths: Paths;
      components: Record<string, unknown>;
    };
    const { value, schemas } = hoistNamedSchemas(sortedPaths(paths));
    return { ...head, paths: value, components: { ...components, schemas } };
  } finally {
    await app.close();
  }
}
