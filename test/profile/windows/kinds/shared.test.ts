import { kinds } from './shared.js';
import { testKinds } from './kind.js';

testKinds(new URL('shared.js', import.meta.url).href, kinds);
