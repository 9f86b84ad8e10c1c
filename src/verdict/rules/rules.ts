import { churning } from './churning.js';
import { filling } from './filling.js';
import { fragmented } from './fragmented.js';
import { growing } from './growing.js';
import { insufficientData } from './insufficient-data.js';
import { leaking } from './leaking.js';
import { loadFollowing } from './load-following.js';
import { nativeGrowth } from './native-growth.js';
import type { Rule } from './rule.js';
import { stable } from './stable.js';

/** In order of precedence: the first rule that votes yes gives the verdict. */
export const rules: readonly Rule[] = [
  insufficientData,
  loadFollowing,
  leaking,
  nativeGrowth,
  growing,
  filling,
  churning,
  fragmented,
  stable,
];
