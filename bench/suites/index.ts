import { append } from './append.js';
import { appendPeer } from './append-peer.js';
import { singleCommands } from './http.js';
import { importFile } from './import.js';
import { projection } from './projection.js';
import { start } from './start.js';
import type { Suite } from './suite.js';

/** In the order of running. `import` also measures the service's memory. */
export const SUITES: Readonly<Record<string, Suite>> = {
  append,
  'append-peer': appendPeer,
  projection,
  http: singleCommands,
  start,
  import: importFile,
};
