import { describe, expect, test } from 'tstyche';
import type { Tidemark } from '../../plugins/tidemark.js';

declare const tidemark: Tidemark;

class Order {
  static readonly table = 'orders';
  constructor(readonly id: number) {}
}
abstract class Shape {
  abstract area(): number;
}

describe('trackClass', () => {
  test('gives back the type it was given', () => {
    expect(tidemark.trackClass(Order)).type.toBe<typeof Order>();
    expect(tidemark.trackClass(Shape, { name: 'shapes' })).type.toBe<typeof Shape>();
    expect(tidemark.trackClass(Map)).type.toBe<MapConstructor>();
  });

  test('takes classes only', () => {
    expect(tidemark.trackClass).type.not.toBeCallableWith({});
    expect(tidemark.trackClass).type.not.toBeCallableWith(() => new Order(1));
    expect(tidemark.trackClass).type.not.toBeCallableWith(Order, { label: 'orders' });
  });
});
