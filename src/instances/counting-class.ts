/** Any class, abstract ones too, whatever its constructor takes. */
export type AnyClass = abstract new (...args: never) => object;

type Construct = (target: AnyClass, args: ArrayLike<unknown>, newTarget: unknown) => object;
const construct = Reflect.construct as Construct;

/**
 * The class with every construction through it reported. Only `construct` is trapped: statics, `instanceof`, `name` and
 * subclasses are the class's own. `new.target` of a direct construction is the class itself, so that a constructor that
 * compares it, as abstract ones do, works.
 */
export function countingClass<C extends AnyClass>(ctor: C, onConstructed: (instance: object) => void): C {
  const counting: C = new Proxy(ctor, {
    construct(target, args, newTarget) {
      const instance = construct(target, args, newTarget === counting ? target : newTarget);
      onConstructed(instance);
      return instance;
    },
  });
  return counting;
}

/** Whether `new` works on a value; none of its code is run. */
export function isClass(value: unknown): value is AnyClass {
  if (typeof value !== 'function') return false;
  try {
    Reflect.construct(Object, [], value);
  } catch {
    return false;
  }
  const { prototype } = value as { prototype?: unknown };
  return typeof prototype === 'object' && prototype !== null;
}
