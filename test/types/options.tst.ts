import { Registry } from 'prom-client';
import { describe, expect, test } from 'tstyche';
import type {
  AccessToken,
  ListenAddress,
  ResolvedOptions,
  TidemarkOptions,
} from '../../src/config/options.js';

describe('TidemarkOptions', () => {
  test('nothing is needed', () => {
    expect<TidemarkOptions>().type.toBeAssignableFrom({});
    expect<TidemarkOptions>().type.toBeAssignableFrom({ verdict: {}, metrics: {} });
  });

  test('every form of a token', () => {
    expect<TidemarkOptions>().type.toBeAssignableFrom({ token: 'read:abc' });
    expect<TidemarkOptions>().type.toBeAssignableFrom({
      token: ['abc', { token: 'abc', role: 'read' as const }],
    });
    expect<TidemarkOptions>().type.toBeAssignableFrom({ token: undefined });
    expect<TidemarkOptions>().type.not.toBeAssignableFrom({
      token: [{ token: 'abc', role: 'admin' as const }],
    });
    expect<TidemarkOptions>().type.not.toBeAssignableFrom({ token: [{ token: 'abc' }] });
  });

  test('lists may be read-only', () => {
    expect<TidemarkOptions>().type.toBeAssignableFrom({ requests: { exclude: ['/a'] } } as const);
  });

  test('objects of the application', () => {
    expect<TidemarkOptions>().type.toBeAssignableFrom({ metrics: { registry: new Registry() } });
    expect<TidemarkOptions>().type.not.toBeAssignableFrom({ metrics: { registry: {} } });
    expect<TidemarkOptions>().type.not.toBeAssignableFrom({ rateLimit: { redis: {} } });
  });

  test('authorize may ask for a fuller request than the core knows', () => {
    interface FullerRequest {
      method: string;
      url: string;
      ip: string;
      headers: Record<string, string | string[] | undefined>;
      user: { isAdmin: boolean };
    }
    expect<TidemarkOptions>().type.toBeAssignableFrom({
      authorize: (request: FullerRequest) => request.user.isAdmin,
    });
    expect<TidemarkOptions>().type.toBeAssignableFrom({ authorize: async () => 'read' as const });
    expect<TidemarkOptions>().type.not.toBeAssignableFrom({ authorize: () => 'admin' });
  });

  test('a wrong option is an error', () => {
    expect<TidemarkOptions>().type.not.toBeAssignableFrom({ history: { intervalSeconds: '5' } });
    expect<TidemarkOptions>().type.not.toBeAssignableFrom({ verdict: { gcProbe: 'on' as const } });
    expect<TidemarkOptions>().type.not.toBeAssignableFrom({ listen: 9400 });
    expect<TidemarkOptions>().type.not.toBeAssignableFrom({ histroy: {} });
    expect<TidemarkOptions>().type.not.toBeAssignableFrom({ history: { interval: 5 } });
  });
});

describe('ResolvedOptions', () => {
  test('every option has its final type', () => {
    expect<ResolvedOptions['token']>().type.toBe<readonly AccessToken[]>();
    expect<ResolvedOptions['listen']>().type.toBe<ListenAddress | undefined>();
    expect<ResolvedOptions['prefix']>().type.toBe<string>();
    expect<ResolvedOptions['memoryLimitBytes']>().type.toBe<number | undefined>();
    expect<ResolvedOptions['responseHeaders']>().type.toBe<'always' | 'authorized' | 'never'>();
    expect<ResolvedOptions['history']>().type.toBe<{
      readonly enabled: boolean;
      readonly intervalSeconds: number;
    }>();
    expect<ResolvedOptions['verdict']>().type.toBe<{
      readonly enabled: boolean;
      readonly fillHorizonSeconds: number;
      readonly gcProbe: 'off' | 'suspicion' | 'interval';
      readonly gcProbeShare: number;
    }>();
    expect<ResolvedOptions['metrics']>().type.toBe<{
      readonly enabled: boolean;
      readonly path: string;
      readonly access: 'open' | 'protected';
      readonly defaultMetrics: boolean;
      readonly durationBucketsSeconds: readonly number[];
      readonly registry?: Registry;
    }>();
  });

  test('what was resolved may be passed again in its parts', () => {
    expect<TidemarkOptions['history']>().type.toBeAssignableFrom<ResolvedOptions['history']>();
    expect<TidemarkOptions['token']>().type.toBeAssignableFrom<ResolvedOptions['token']>();
  });
});
