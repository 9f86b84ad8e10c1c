import { kinds } from './lifetimes.js';
import { testKinds } from './kind.js';

testKinds(new URL('lifetimes.js', import.meta.url).href, kinds);
