import { kinds } from './flows.js';
import { testKinds } from './kind.js';

testKinds(new URL('flows.js', import.meta.url).href, kinds);
