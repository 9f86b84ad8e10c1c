import type { Case } from '../cases/case.js';

/** One case in one build of the plugin. */
export interface Contender {
  /** Name in the report. */
  readonly name: string;
  readonly title: string;
  readonly case: Case;
  /** Folder of the compiled plugin. */
  readonly build: string;
}

export interface ScenarioSettings {
  readonly rounds: number;
  /** Less of everything: to see that it works, and roughly what it says. */
  readonly quick: boolean;
  readonly stateDirectory: string;
  progress(text: string): void;
}

export interface Scenario {
  readonly name: string;
  readonly title: string;
  /** Names of its cases; the first is the baseline. */
  readonly cases: readonly string[];
  run(field: readonly Contender[], settings: ScenarioSettings): Promise<Outcome>;
}

export interface Outcome {
  /** Markdown. */
  readonly text: string;
  readonly figures: unknown;
}

/** One retention window under load. Times are milliseconds since the epoch. */
export interface WindowRun {
  readonly calledMs: number;
  /** From here the window is open, until `closedMs`; what is left of the call is for readings. */
  readonly openedMs: number;
  readonly closedMs: number;
  readonly answeredMs: number;
  /** That ended while it was open, and what they took. */
  readonly requests: number;
  readonly userMicros: number;
  readonly hooksMs: number;
  readonly pauseMs: number;
  readonly ended: string;
}
