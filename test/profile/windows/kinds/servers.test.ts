import { kinds } from './servers.js';
import { testKinds } from './kind.js';

testKinds(new URL('servers.js', import.meta.url).href, kinds);
