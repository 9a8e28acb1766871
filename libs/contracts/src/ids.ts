import { v5, v7 } from 'uuid';
import { canonicalJson } from './canonical.js';

/** The project's own namespace for ids of imported incidents, the same in every ledger. */
const IMPORTED_INCIDENTS = '5f0c7f0e-2f5d-5b0c-9a57-3f6f1f4c1d11';

/**
 * The incident of a dataset's row: UUIDv5 of JCS([dataset, externalId]). Importing needs no
 * look-up, and two importers meet in the same stream.
 */
export function incidentIdOf(dataset: string, externalId: string): string {
  return v5(canonicalJson([dataset, externalId]), IMPORTED_INCIDENTS);
}

/** The incident of a report that came without an id: a retry with its key meets the same stream. */
export function reportedIncidentId(ledgerId: string, caller: string, key: string): string {
  return v5(canonicalJson([caller, key]), ledgerId);
}

/** A new UUIDv7: events and import runs. */
export function newId(): string {
  return v7();
}
