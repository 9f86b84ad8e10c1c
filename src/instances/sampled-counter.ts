/** Number of instances that one registration represents, given the number of registrations. */
export type WeightOf = (ownRegistrations: number) => number;

/** Counts of the instances of one class. */
export interface SampledCounter {
  /** Instances counted since the start; exact. */
  readonly created: number;
  /** Instances that were collected; an estimate once instances are sampled. */
  readonly finalized: number;
  readonly live: number;
  /** Instances that are watched now, each until it is collected. */
  readonly registrations: number;
  /** One instance in this many is watched; 1 is every one. */
  readonly sampleEvery: number;
  add(instance: object): void;
  /** Drops every registration and stops counting. */
  stop(): void;
}

export interface SampledCounterOptions {
  readonly weightOf: WeightOf;
  /** Uniform in 0 (included) to 1. */
  readonly random?: () => number;
  /** Runs after each finalization, with the count lowered. It must be cheap. */
  readonly onFinalized?: () => void;
}

/**
 * Counts instances without keeping them alive. One of each block of instances, at a random place in it, is registered
 * with a FinalizationRegistry and stands for the whole block: stratified sampling, which is unbiased whatever the
 * order in which short-lived and long-lived instances come (Cochran, Sampling Techniques, 1977, chapter 5). What is
 * registered holds no memory but the registry's own cell, 72 bytes on Node 20, since the value held is a small integer.
 */
export function createSampledCounter(options: SampledCounterOptions): SampledCounter {
  const { weightOf, random = Math.random, onFinalized } = options;
  let created = 0;
  let finalized = 0;
  let registrations = 0;
  let weight = 1;
  let left = 0;
  let chosen = 0;
  let registry: FinalizationRegistry<number> | undefined = new FinalizationRegistry((standsFor) => {
    if (registry === undefined) return;
    finalized += standsFor;
    registrations -= 1;
    onFinalized?.();
  });

  return {
    get created() {
      return created;
    },
    get finalized() {
      return finalized;
    },
    get live() {
      // A registered instance may be collected before its block is full.
      return Math.max(0, created - finalized);
    },
    get registrations() {
      return registrations;
    },
    get sampleEvery() {
      return weight;
    },
    add(instance) {
      if (registry === undefined) return;
      created += 1;
      if (left === 0) {
        weight = weightOf(registrations);
        left = weight;
        chosen = weight === 1 ? 1 : 1 + Math.floor(random() * weight);
      }
      if (left === chosen) {
        registry.register(instance, weight);
        registrations += 1;
      }
      left -= 1;
    },
    stop() {
      // Without its registry a cell is garbage, even if its instance is alive.
      registry = undefined;
    },
  };
}
