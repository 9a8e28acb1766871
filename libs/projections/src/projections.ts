import { claimProjection } from './claim/projection.js';
import { eventJournalProjection } from './event-journal/projection.js';
import { inForceProjection } from './in-force/projection.js';
import { incidentMergeProjection } from './incident-merge/projection.js';
import { incidentProjection } from './incident/projection.js';
import { importRunProjection } from './import-run/projection.js';
import type { Projection } from './projection.js';

/** The journal takes every event, also of streams that are parked. */
export const journal: Projection = eventJournalProjection;

/** All others in the order of writing: those whose rows partitions share come last. */
export const folding: readonly Projection[] = [
  incidentProjection,
  inForceProjection,
  claimProjection,
  incidentMergeProjection,
  importRunProjection,
];

export const PROJECTIONS: readonly Projection[] = [journal, ...folding];
