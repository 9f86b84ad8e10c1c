import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Scenario } from './scenario.js';

/** A scenario and its family, which is the name of its folder. */
export interface Entry extends Scenario {
  readonly family: string;
}

const FOLDER = fileURLToPath(new URL('scenarios', import.meta.url));

/** All scenarios, by family and name: every file of `scenarios/FAMILY/` is one. */
export async function allScenarios(): Promise<readonly Entry[]> {
  const entries: Entry[] = [];
  const families = (await readdir(FOLDER, { withFileTypes: true })).filter((one) => one.isDirectory());
  for (const { name: family } of families.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const files = (await readdir(path.join(FOLDER, family)))
      .filter((file) => file.endsWith('.js'))
      .toSorted();
    for (const file of files) entries.push(await loadScenario(family, path.basename(file, '.js')));
  }
  return entries;
}

export async function loadScenario(family: string, name: string): Promise<Entry> {
  const url = pathToFileURL(path.join(FOLDER, family, `${name}.js`)).href;
  const { scenario } = (await import(url)) as { scenario?: Scenario };
  if (scenario?.name !== name)
    throw new Error(`scenarios/${family}/${name} must export a scenario of that name`);
  return { ...scenario, family };
}
