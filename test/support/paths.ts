import path from 'node:path';

export const ROOT = path.resolve(import.meta.dirname, '../..');
/** Built by `tools/ensure.mjs`, which `npm test` runs first. */
export const SERVICE = path.join(ROOT, 'dist/apps/standalone/src/main.js');
export const CLI = path.join(ROOT, 'dist/apps/cli/src/main.js');
