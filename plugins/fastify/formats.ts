import type { FastifyReply, FastifyRequest } from 'fastify';
import { operationBlocks } from '../../src/answers/operations/blocks.js';
import type { Block } from '../../src/answers/render/block.js';
import { htmlPage } from '../../src/answers/render/html.js';
import { markdownOf } from '../../src/answers/render/markdown.js';
import { textOf } from '../../src/answers/render/text.js';

type Render = (blocks: readonly Block[], reply: FastifyReply) => string;

const RENDERERS: Readonly<Record<string, readonly [mediaType: string, render: Render]>> = {
  text: ['text/plain', textOf],
  md: ['text/markdown', markdownOf],
  html: ['text/html', pageOf],
};

function pageOf(blocks: readonly Block[], reply: FastifyReply): string {
  const title = blocks.find(({ kind }) => kind === 'title');
  const { html, contentSecurityPolicy } = htmlPage(title?.kind === 'title' ? title.text : 'Tidemark', blocks);
  reply.header('content-security-policy', contentSecurityPolicy);
  return html;
}

/** Writes an answer in the requested format; JSON and what a route writes itself are unchanged. */
export function chooseFormat(request: FastifyRequest, reply: FastifyReply): void {
  const blocks = reply.statusCode === 202 ? operationBlocks : request.routeOptions.config.tidemark?.blocks;
  const renderer = RENDERERS[formatOf(request)];
  if (blocks === undefined || renderer === undefined) return;
  const [mediaType, render] = renderer;
  reply.type(`${mediaType}; charset=utf-8`);
  reply.serializer((answer: unknown) => render(blocks(answer as never), reply));
}

/** From the query, else text if an Accept header names text/plain; the `*` that curl sends means JSON. */
function formatOf({ query, headers: { accept } }: FastifyRequest): string {
  const { format } = query as { format?: string };
  if (format !== undefined) return format;
  return accept !== undefined && /(^|,)\s*text\/plain\b/.test(accept) ? 'text' : 'json';
}
