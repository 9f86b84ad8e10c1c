/** Any class, abstract ones too, whatever its constructor takes. */
export type AnyClass = abstract new (...args: never) => object;

type Construct = (target: AnyClass, args: ArrayLike<unknown>, newTarget: unknown) => object;
const construct = Reflect.construct as Construct;

/**
 * The class, with every construction through it reported. All but the `construct` trap is the class's own: statics,
 * `instanceof`, `name`, subclasses. `new.target` of a direct construction is the class itself, so that a constructor
 * that compares it, as abstract ones do, sees no difference.
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

/** Whether `new` works on a value; running none of its code to find out. */
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
