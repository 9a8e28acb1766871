import { append } from './append.js';
import { appendPeer } from './append-peer.js';
import { projection } from './projection.js';
import type { Suite } from './suite.js';

/** In the order of running. */
export const SUITES: Readonly<Record<string, Suite>> = {
  append,
  'append-peer': appendPeer,
  projection,
};
