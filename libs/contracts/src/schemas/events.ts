import type { EventDataByType, EventName } from '#libs/domain';
import { z } from 'zod';
import { importCounts, importRunShape, rowPresenceShape, rowReject } from './imports.js';
import {
  object,
  actors,
  cause,
  claim,
  columns,
  dataset,
  dateOrInstant,
  descriptionShape,
  edition,
  evidenceShape,
  grade,
  kind,
  linkShape,
  localId,
  location,
  maybeEmptyText,
  name,
  occurred,
  reason,
  response,
  scope,
  sha256Hex,
  text,
  uuid,
} from './values.js';

const reported = { reportedAt: dateOrInstant };

export const sourceRow = object({
  dataset,
  scope: scope.exactOptional(),
  externalId: text(500),
  edition,
  importId: uuid,
  hash: sha256Hex,
  columns,
  claims: z.record(name, localId),
}).meta({ id: 'SourceRow' });

/** The current version of each event's data. */
export const eventDataSchemas = {
  'ledger.created': object({ ...reported, ledgerId: uuid }),
  'incident.reported': object({
    ...reported,
    ...descriptionShape,
    claims: z.array(claim),
    sourceRow: sourceRow.exactOptional(),
  }),
  'incident.claim-recorded': object({ ...reported, claim }),
  'incident.claim-responded': object({ ...reported, claimId: localId, response }),
  'incident.claim-withdrawn': object({ ...reported, claimId: localId, reason }),
  'incident.reclassified': object({
    ...reported,
    kind: kind.exactOptional(),
    cause: cause.nullable().exactOptional(),
    reason,
  }),
  'incident.relocated': object({ ...reported, location, reason }),
  'incident.redated': object({ ...reported, occurred, reason }),
  'incident.actors-revised': object({ ...reported, actors, reason }),
  'incident.redescribed': object({
    ...reported,
    title: descriptionShape.title.exactOptional(),
    description: text(20_000).nullable().exactOptional(),
    reason,
  }),
  'incident.assessed': object({
    ...reported,
    grade,
    rationale: reason,
    pinnedClaimId: localId.exactOptional(),
  }),
  'incident.ended': object({
    ...reported,
    end: dateOrInstant,
    reason: reason.exactOptional(),
  }),
  'incident.reopened': object({ ...reported, reason: reason.exactOptional() }),
  'incident.evidence-attached': object({
    ...reported,
    evidence: object(evidenceShape),
  }),
  'incident.linked': object({ ...reported, ...linkShape, note: reason.exactOptional() }),
  'incident.unlinked': object({
    ...reported,
    ...linkShape,
    reason: reason.exactOptional(),
  }),
  'incident.merged': object({ ...reported, into: uuid, reason }),
  'incident.unmerged': object({ ...reported, from: uuid, reason }),
  'incident.retracted': object({ ...reported, reason }),
  'incident.reinstated': object({ ...reported, reason }),
  'incident.source-row-recorded': object({
    ...reported,
    sourceRow,
    fields: z.array(maybeEmptyText(1_000)),
  }),
  'incident.relisted': object({ ...reported, ...rowPresenceShape }),
  'incident.delisted': object({ ...reported, ...rowPresenceShape }),
  'import.started': object({ ...reported, ...importRunShape }),
  'import.completed': object({
    ...reported,
    importId: uuid,
    counts: importCounts,
    rejects: z.array(rowReject).max(100),
  }),
  'import.abandoned': object({ ...reported, importId: uuid, reason }),
} satisfies { [T in EventName]: z.ZodType<EventDataByType[T]> };
