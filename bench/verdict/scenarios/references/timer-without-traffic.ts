import { integer } from '../../random.js';
import type { Scenario } from '../../scenario.js';
import { stored } from '../../stored.js';

const MACHINES = 250;
const INTERVAL_MS = 200;

interface Machine {
  readonly id: number;
  readonly name: string;
  readonly log: readonly string[];
  celsius: number;
  turns: number;
}

interface Reading {
  readonly id: number;
  readonly at: number;
  readonly celsius: number;
  readonly turns: number;
  readonly alarm: string;
}

class Recorder {
  readonly #machines: readonly Machine[];
  /** "The last readings", without a limit. */
  readonly #readings: Reading[][] = [];

  constructor(machines: readonly Machine[]) {
    this.#machines = machines;
  }

  get latest(): readonly Reading[] {
    return this.#readings.at(-1) ?? [];
  }

  record(): void {
    const readings: Reading[] = [];
    const at = Date.now();
    for (const machine of this.#machines) {
      machine.celsius += Math.random() - 0.5;
      machine.turns += 1 + integer(Math.random, 20);
      const { id, celsius, turns } = machine;
      readings.push({
        id,
        at,
        celsius,
        turns,
        alarm: celsius > 90 ? `${turns}: ${celsius.toFixed(3)} °C` : `${turns}: none`,
      });
    }
    this.#readings.push(readings);
  }
}

export const scenario: Scenario = {
  name: 'timer-without-traffic',
  about: 'A recorder keeps the readings of all machines five times a second, whether anyone asks or not.',
  label: {
    verdict: 'leaking',
    signal: 'heap-floor',
    site: { file: 'references/timer-without-traffic.ts', functions: ['record'] },
  },
  load: {
    requestsPerSecond: 15,
    mix: [
      {
        route: 'GET /machines/:id',
        weight: 3,
        request: (random) => ({ path: `/machines/${integer(random, MACHINES)}` }),
      },
      { route: 'GET /readings', weight: 1, request: () => ({ path: '/readings' }) },
      { route: 'GET /floor-plan', weight: 1, request: () => ({ path: '/floor-plan' }) },
    ],
  },
  build(app) {
    const machines = stored(
      Array.from({ length: MACHINES }, (_, id): Machine => {
        const log = Array.from(
          { length: 200 },
          (_, n) => `Entry ${n} of machine ${id}: started, ran, stopped.`,
        );
        return { id, name: `Machine ${id}`, log, celsius: 60 + (id % 30), turns: 0 };
      }),
    );
    const recorder = new Recorder(machines);
    const recording = setInterval(() => recorder.record(), INTERVAL_MS);
    app.addHook('onClose', async () => clearInterval(recording));
    app.get<{ Params: { id: string } }>('/machines/:id', async ({ params }) => {
      const machine = machines[Number(params.id)]!;
      return { ...machine, log: machine.log.slice(0, 40) };
    });
    app.get('/readings', async () => recorder.latest.slice(0, 50));
    app.get('/floor-plan', async () => machines.map(({ id, name }) => ({ id, name, hall: id % 4 })));
  },
};
