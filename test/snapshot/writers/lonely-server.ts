import { createForkWriter } from '../../../src/snapshot/writers/fork-writer.js';
import { forkTools, idleReader } from './capture-tools.js';
import { snapshotChild } from './processes.js';

// Begins a capture that never ends, says who its child is, and waits to be killed.
const tools = await forkTools();
if (typeof tools === 'string') throw new Error(tools);
void createForkWriter(tools).capture({ spawnReader: idleReader });
console.log(await snapshotChild());
