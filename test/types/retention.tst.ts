import type { FastifyInstance } from 'fastify';
import { describe, expect, test } from 'tstyche';
import '../../plugins/tidemark.js';
import type { OperationAnswer } from '../../src/answers/operations/schema.js';
import type { RetentionAnswer } from '../../src/answers/retention/schema.js';
import type { VerdictAnswer } from '../../src/answers/verdict/schema.js';

declare const app: FastifyInstance;

describe('app.tidemark.retention', () => {
  test('answers what each route left, and takes how long requests are followed', () => {
    expect(app.tidemark.retention()).type.toBe<Promise<RetentionAnswer>>();
    expect(app.tidemark.retention({ seconds: 10 })).type.toBe<Promise<RetentionAnswer>>();
    expect(app.tidemark.retention).type.not.toBeCallableWith({ seconds: '10' });
    expect(app.tidemark.retention).type.not.toBeCallableWith({ second: 10 });
    expect<RetentionAnswer['routes'][number]['bytesPerRequest']['high']>().type.toBe<number>();
    expect(app.tidemark.newestRetention()).type.toBe<RetentionAnswer>();
  });

  test('as an operation, it is found among the others', () => {
    expect(app.tidemark.startRetention({ seconds: 10 })).type.toBe<Promise<OperationAnswer>>();
    expect(app.tidemark.operations.get('op-1')).type.toBe<OperationAnswer>();
  });

  test('a verdict may wait for a window, and then has what it found', () => {
    expect(app.tidemark.verdict({ window: true, gc: true })).type.toBe<Promise<VerdictAnswer>>();
    expect(app.tidemark.verdict).type.not.toBeCallableWith({ window: 1 });
    expect<NonNullable<VerdictAnswer['retention']>>().type.not.toHaveProperty('next');
  });
});
