import type { EventDataByType, EventName } from '#libs/domain';
import { z } from 'zod';
import { importCounts, importRunShape, rowPresenceShape, rowReject } from './imports.js';
import {
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

export const sourceRow = z
  .strictObject({
    dataset,
    scope: scope.exactOptional(),
    externalId: text(500),
    edition,
    importId: uuid,
    hash: sha256Hex,
    columns,
    claims: z.record(name, localId),
  })
  .meta({ id: 'SourceRow' });

/** The current version of each event's data. */
export const eventDataSchemas = {
  'ledger.created': z.strictObject({ ...reported, ledgerId: uuid }),
  'incident.reported': z.strictObject({
    ...reported,
    ...descriptionShape,
    claims: z.array(claim),
    sourceRow: sourceRow.exactOptional(),
  }),
  'incident.claim-recorded': z.strictObject({ ...reported, claim }),
  'incident.claim-responded': z.strictObject({ ...reported, claimId: localId, response }),
  'incident.claim-withdrawn': z.strictObject({ ...reported, claimId: localId, reason }),
  'incident.reclassified': z.strictObject({
    ...reported,
    kind: kind.exactOptional(),
    cause: cause.nullable().exactOptional(),
    reason,
  }),
  'incident.relocated': z.strictObject({ ...reported, location, reason }),
  'incident.redated': z.strictObject({ ...reported, occurred, reason }),
  'incident.actors-revised': z.strictObject({ ...reported, actors, reason }),
  'incident.redescribed': z.strictObject({
    ...reported,
    title: descriptionShape.title.exactOptional(),
    description: text(20_000).nullable().exactOptional(),
    reason,
  }),
  'incident.assessed': z.strictObject({
    ...reported,
    grade,
    rationale: reason,
    pinnedClaimId: localId.exactOptional(),
  }),
  'incident.ended': z.strictObject({
    ...reported,
    end: dateOrInstant,
    reason: reason.exactOptional(),
  }),
  'incident.reopened': z.strictObject({ ...reported, reason: reason.exactOptional() }),
  'incident.evidence-attached': z.strictObject({
    ...reported,
    evidence: z.strictObject(evidenceShape),
  }),
  'incident.linked': z.strictObject({ ...reported, ...linkShape, note: reason.exactOptional() }),
  'incident.unlinked': z.strictObject({
    ...reported,
    ...linkShape,
    reason: reason.exactOptional(),
  }),
  'incident.merged': z.strictObject({ ...reported, into: uuid, reason }),
  'incident.unmerged': z.strictObject({ ...reported, from: uuid, reason }),
  'incident.retracted': z.strictObject({ ...reported, reason }),
  'incident.reinstated': z.strictObject({ ...reported, reason }),
  'incident.source-row-recorded': z.strictObject({
    ...reported,
    sourceRow,
    fields: z.array(maybeEmptyText(1_000)),
  }),
  'incident.relisted': z.strictObject({ ...reported, ...rowPresenceShape }),
  'incident.delisted': z.strictObject({ ...reported, ...rowPresenceShape }),
  'import.started': z.strictObject({ ...reported, ...importRunShape }),
  'import.completed': z.strictObject({
    ...reported,
    importId: uuid,
    counts: importCounts,
    rejects: z.array(rowReject).max(100),
  }),
  'import.abandoned': z.strictObject({ ...reported, importId: uuid, reason }),
} satisfies { [T in EventName]: z.ZodType<EventDataByType[T]> };
