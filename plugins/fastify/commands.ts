import type { FastifyRequest } from 'fastify';
import { roleAllows, type Role } from '../../src/access/roles.js';
import type { NextStep } from '../../src/answers/common.js';

/** How a request reached us, so that the commands we return work when pasted. */
export interface Reached {
  /** `http://127.0.0.1:3000` with the prefix of the diagnostics. */
  readonly base: string;
  readonly usesToken: boolean;
  /** The caller's role; none where anyone may ask. */
  readonly role: Role | undefined;
}

export function reachedBy(request: FastifyRequest, prefix: string, role: Role | undefined): Reached {
  // It goes into a shell command, and the client chose it.
  const host = /^[\w.:[\]-]+$/.test(request.host) ? request.host : 'localhost';
  return {
    base: `${request.protocol}://${host}${prefix}`,
    usesToken: request.headers.authorization !== undefined,
    role,
  };
}

/**
 * An answer with the command lines of its next steps, nested ones included; those that the caller may not run are left
 * out.
 */
export function withCommands(answer: unknown, reached: Reached): unknown {
  if (typeof answer !== 'object' || answer === null || Array.isArray(answer)) return answer;
  const entries = Object.entries(answer).map(([key, value]: [string, unknown]) => {
    if (key === 'next') return [key, commands(value as readonly NextStep[], reached)];
    return [key, hasSteps(value) ? withCommands(value, reached) : value];
  });
  return Object.fromEntries(entries);
}

function hasSteps(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'next' in value;
}

function commands(steps: readonly NextStep[], reached: Reached): NextStep[] {
  return steps
    .filter(({ role }) => reached.role === undefined || roleAllows(reached.role, role))
    .map((step) => ({ ...step, curl: commandLine(step, reached) }));
}

function commandLine({ method, path, query, file }: NextStep, { base, usesToken }: Reached): string {
  const search = new URLSearchParams(query).toString();
  const parts = [
    'curl -s',
    ...(method === 'GET' ? [] : [`-X ${method}`]),
    ...(usesToken ? ['-H "Authorization: Bearer $TIDEMARK_TOKEN"'] : []),
    `'${base}${path}${search === '' ? '' : `?${search}`}'`,
    ...(file === undefined ? [] : [`-o ${file.name} && ${file.open} ${file.name}`]),
  ];
  return parts.join(' ');
}
