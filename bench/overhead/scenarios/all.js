import { inMemory } from './in-memory.js';
import { quietStart } from './quiet-start.js';
import { requests } from './requests.js';
import { windows } from './windows.js';

/** In the order of the report. */
export const scenarios = [inMemory, requests, quietStart, windows];
