// `node --conditions=source --import ./tools/with-source.mjs file.ts` runs TypeScript as it is,
// compiled on the fly by swc as in the tests: for the processes that tests start, and the bench.
import { register } from 'node:module';

register('./with-source-hooks.mjs', import.meta.url);
