import type { CommandDataByName, CommandName } from '#libs/domain';
import { z } from 'zod';
import { importCounts, importRunShape, rowPresenceShape, rowReject } from './imports.js';
import {
  object,
  actors,
  cause,
  columns,
  dateOrInstant,
  descriptionShape,
  evidenceShape,
  grade,
  kind,
  linkShape,
  localId,
  location,
  maybeEmptyText,
  name,
  newClaim,
  newResponse,
  occurred,
  reason,
  rowClaim,
  sha256Hex,
  text,
  uuid,
} from './values.js';

const mayReport = { reportedAt: dateOrInstant.exactOptional() };
const unknownPlace = { precision: 'unknown' } as const;

const record = object({
  ...descriptionShape,
  location: location.default(unknownPlace),
  actors: actors.default([]),
  claims: z.array(rowClaim).max(200).default([]),
});

/** What each command carries. Keys that are not listed are refused. */
export const commandSchemas = {
  report: object({
    ...descriptionShape,
    location: location.default(unknownPlace),
    actors: actors.default([]),
    reportedAt: dateOrInstant,
    claims: z.array(newClaim).max(200).default([]),
  }).meta({ id: 'Report' }),
  'record-claim': newClaim,
  'respond-to-claim': newResponse.extend({ claimId: localId }).meta({ id: 'RespondToClaim' }),
  'withdraw-claim': object({ ...mayReport, claimId: localId, reason }),
  revise: object({
    ...mayReport,
    kind: kind.exactOptional(),
    cause: cause.nullable().exactOptional(),
    title: descriptionShape.title.exactOptional(),
    description: text(20_000).nullable().exactOptional(),
    occurred: occurred.exactOptional(),
    location: location.exactOptional(),
    actors: actors.exactOptional(),
    reason,
  }).meta({ id: 'Revise' }),
  assess: object({
    ...mayReport,
    grade,
    rationale: maybeEmptyText(5_000),
    pinnedClaimId: localId.exactOptional(),
  }).meta({ id: 'Assess' }),
  end: object({ ...mayReport, end: dateOrInstant, reason: reason.exactOptional() }),
  reopen: object({ ...mayReport, reason: reason.exactOptional() }),
  'attach-evidence': object({ ...mayReport, ...evidenceShape }),
  link: object({ ...mayReport, ...linkShape, note: reason.exactOptional() }),
  unlink: object({ ...mayReport, ...linkShape, reason: reason.exactOptional() }),
  merge: object({ ...mayReport, into: uuid, reason }),
  unmerge: object({ ...mayReport, reason }),
  retract: object({ ...mayReport, reason }),
  reinstate: object({ ...mayReport, reason }),
  'import-row': object({
    dataset: importRunShape.dataset,
    scope: importRunShape.scope,
    externalId: text(500),
    edition: importRunShape.edition,
    importId: uuid,
    reportedAt: dateOrInstant,
    record,
    columns,
    hash: sha256Hex,
    mapping: z.record(text(300), z.array(name).min(1).max(20)),
    caseless: z.array(name).max(300).exactOptional(),
  }).meta({ id: 'ImportRow' }),
  delist: object({ ...rowPresenceShape, reportedAt: dateOrInstant }),
  'start-import': object({
    ...importRunShape,
    reportedAt: dateOrInstant,
    takeOver: z.boolean().exactOptional(),
  }),
  'complete-import': object({
    ...mayReport,
    importId: uuid,
    counts: importCounts,
    rejects: z.array(rowReject).max(100),
  }),
  'abandon-import': object({ ...mayReport, importId: uuid, reason }),
} satisfies { [N in CommandName]: z.ZodType<CommandDataByName[N]> };

/** Deeper than any command goes: what lies below is left to the schema, which refuses it. */
const DEEPEST = 30;

/** Null means absent, as in what the API answers; only `revise` clears `cause`, `description` by it. */
export function withoutNulls(value: unknown, keep: readonly string[] = [], depth = 0): unknown {
  if (typeof value !== 'object' || value === null || depth > DEEPEST) return value;
  if (Array.isArray(value)) {
    const items = value.map((item) => withoutNulls(item, [], depth + 1));
    return items.some((item, i) => item !== value[i]) ? items : value;
  }
  const object = value as Record<string, unknown>;
  // Most commands hold no null: nothing is copied until one is found.
  let changed: Map<string, unknown> | undefined;
  for (const key of Object.keys(object)) {
    const item = object[key];
    if (typeof item !== 'object' || (item === null && keep.includes(key))) continue;
    const same = item === null ? undefined : withoutNulls(item, [], depth + 1);
    if (same !== item) (changed ??= new Map()).set(key, same);
  }
  if (!changed) return value;
  return Object.fromEntries(
    Object.entries(object)
      .map(([key, item]) => [key, changed.has(key) ? changed.get(key) : item] as const)
      .filter(([, item]) => item !== undefined),
  );
}
