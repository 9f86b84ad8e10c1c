import type { FastifyInstance } from 'fastify';
import { describe, expect, test } from 'tstyche';
import '../../plugins/tidemark.js';
import type { ProfileSession } from '../../src/profile/sessions/session.js';
import type { ProfiledOperation, ProfileSessionHandle } from '../../src/profile/sessions/sessions.js';

declare const app: FastifyInstance;

describe('app.tidemark.profile', () => {
  test('answers the value of the operation, awaited, with its session', () => {
    expect(app.tidemark.profile(() => 1)).type.toBe<Promise<ProfiledOperation<number>>>();
    expect(app.tidemark.profile(async () => 'a', { name: 'import', required: true })).type.toBe<
      Promise<ProfiledOperation<string>>
    >();
    expect<ProfiledOperation<string>['session']>().type.toBe<ProfileSession>();
    expect(app.tidemark.profile).type.not.toBeCallableWith(7);
    expect(app.tidemark.profile).type.not.toBeCallableWith(() => 1, { label: 'import' });
  });

  test('a session that was started is stopped by its handle', () => {
    expect(app.tidemark.startProfileSession({ name: 'import' })).type.toBe<Promise<ProfileSessionHandle>>();
    expect<ReturnType<ProfileSessionHandle['stop']>>().type.toBe<Promise<ProfileSession>>();
  });
});
