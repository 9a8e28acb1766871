import type { IncidentRow } from './columns.js';
import { type KeyRow, type PieceRow, pieceRow } from './cut-rows.js';
import { incidentRow } from './row.js';
import type { StreamChange } from './stream-change.js';

export interface IncidentWrites {
  /** Pieces of rows of `incident` that are about to be replaced, to be copied to `incident_past`. */
  leftOfCurrent: PieceRow[];
  /** Rows of `incident_past` in the current layer that were cut, and their pieces. */
  cutPast: KeyRow[];
  leftOfPast: PieceRow[];
  /** New rows of `incident`, rows that replace others there, and new rows of `incident_past`. */
  inserted: IncidentRow[];
  updated: IncidentRow[];
  past: IncidentRow[];
}

/** The rows of `incident` and `incident_past` that the changes come to. */
export function incidentWrites(changes: readonly StreamChange[]): IncidentWrites {
  const writes: IncidentWrites = {
    leftOfCurrent: [],
    cutPast: [],
    leftOfPast: [],
    inserted: [],
    updated: [],
    past: [],
  };
  for (const change of changes) {
    for (const { source, left } of change.history.cut) {
      const key = { source_id: change.id, source_known_from: source.knownFrom };
      if (!source.current) writes.cutPast.push(key);
      const pieces = source.current ? writes.leftOfCurrent : writes.leftOfPast;
      for (const span of left) pieces.push(pieceRow(key, span));
    }
    for (const rectangle of change.history.added) {
      const row = incidentRow(change, rectangle);
      const isCurrent = rectangle.recordedTo === Infinity && rectangle.knownTo === Infinity;
      if (!isCurrent) writes.past.push(row);
      else if (change.before) writes.updated.push(row);
      else writes.inserted.push(row);
    }
  }
  return writes;
}
