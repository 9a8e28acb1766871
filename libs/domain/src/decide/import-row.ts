import { isOutOfOrder } from '../casualties.js';
import { compareColumns } from '../columns.js';
import type { CommandDataByName, ImportRow, RowClaim } from '../commands.js';
import { accept, type Decision, reject } from '../decision.js';
import type { IncidentEvent, SourceRow } from '../events.js';
import { rowOf } from '../evolve.js';
import type { IncidentState, Recorded, RowState } from '../state.js';
import type { Claim, Columns, Location, Occurred } from '../values.js';
import { endBeforeStart, laterThanReport, nextId, type Refusal } from './guards.js';
import { type DescriptionChange, revisionEvents } from './revise.js';

/** A dataset's figures are recorded as stated; those that break their order are marked. */
function asClaim(row: RowClaim, id: string): Claim {
  const claim = withId(row, id);
  return claim.asserts === 'casualties' && isOutOfOrder(claim)
    ? { ...claim, inconsistent: true }
    : claim;
}

/** The claim without its slot; the id stands in the order of the stored form, as the rest does. */
function withId(row: RowClaim, id: string): Claim {
  const claim: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(row)) {
    if (key > 'id' && claim.id === undefined) claim.id = id;
    if (key !== 'slot' && key !== 'id') claim[key] = value;
  }
  claim.id ??= id;
  return claim as unknown as Claim;
}

function sourceRow(row: ImportRow, columns: Columns, claims: Record<string, string>): SourceRow {
  const { dataset, scope, externalId, edition, importId, hash } = row;
  return {
    claims,
    columns,
    dataset,
    edition,
    externalId,
    hash,
    importId,
    ...(scope !== undefined && { scope }),
  };
}

function created(row: ImportRow): IncidentEvent {
  const { actors, cause, claims: rowClaims, description, kind, location } = row.record;
  const { occurred, title } = row.record;
  const used: string[] = [];
  const claims = rowClaims.map((claim) => asClaim(claim, claimId(claim, used)));
  const slots = Object.fromEntries(rowClaims.map((c, i) => [c.slot, used[i] ?? '']));
  return {
    type: 'incident.reported',
    // In the order of the stored form, which spares sorting an import's every row.
    data: {
      actors,
      ...(cause !== undefined && { cause }),
      claims,
      ...(description !== undefined && { description }),
      kind,
      location,
      occurred,
      reportedAt: row.reportedAt,
      sourceRow: sourceRow(row, row.columns, slots),
      title,
    },
  };
}

/** The row's own id for the claim while it is free, else the next number; notes it as used. */
function claimId(claim: RowClaim, used: string[]): string {
  const free = claim.id !== undefined && !used.includes(claim.id);
  const id = free && claim.id !== undefined ? claim.id : nextId('c', used);
  used.push(id);
  return id;
}

function patch<T extends object>(target: T, from: T, keys: readonly (keyof T & string)[]): T {
  const result = { ...target };
  for (const key of keys) {
    if (Object.hasOwn(from, key)) result[key] = from[key];
    else Reflect.deleteProperty(result, key);
  }
  return result;
}

/** Values that have no column of their own change with the one that they qualify. */
const FOLLOWERS = new Map([
  // An imprecise place has no point: UCDP's where_prec 5 and 7 are a name only.
  ['location.precision', ['location.radiusKm', 'location.point']],
  ['location.regionName', ['location.region']],
  ['occurred.precision', ['occurred.span']],
]);

/** `location` covers `location.point`, and `casualties.killed.all` its `low`. */
function covers(field: string, part: string): boolean {
  return part === field || part.startsWith(`${field}.`);
}

/**
 * The time with the row's changed parts. Where these do not fit the parts that a reviewer set (an
 * end before the start), the row's own time as a whole.
 */
function redated(by: Occurred, row: Occurred, parts: readonly (keyof Occurred)[]): Occurred {
  const occurred = patch(by, row, parts);
  return endBeforeStart(occurred, 'occurred') ? row : occurred;
}

/**
 * The description with the changed fields only taken from the row, so that what a reviewer made of
 * the other fields stands.
 */
function describedBy(
  state: Recorded,
  { record }: ImportRow,
  fields: readonly string[],
): DescriptionChange {
  const all = fields.flatMap((f) => [f, ...(FOLLOWERS.get(f) ?? [])]);
  const within = (group: string): string[] =>
    all.filter((f) => f.startsWith(`${group}.`)).map((f) => f.slice(group.length + 1));
  const change: DescriptionChange = {};
  if (all.includes('kind')) change.kind = record.kind;
  if (all.includes('cause')) change.cause = record.cause ?? null;
  if (all.includes('title')) change.title = record.title;
  if (all.includes('description')) change.description = record.description ?? null;
  if (all.includes('actors')) change.actors = record.actors;
  const place = within('location') as (keyof Location)[];
  if (all.includes('location')) change.location = record.location;
  else if (place.length > 0) change.location = patch(state.location, record.location, place);
  const time = within('occurred') as (keyof Occurred)[];
  if (all.includes('occurred')) change.occurred = record.occurred;
  else if (time.length > 0) change.occurred = redated(state.occurred, record.occurred, time);
  return change;
}

/** Withdraws the dataset's earlier claims that the changed fields touch, and records the new ones. */
function claimEvents(
  state: Recorded,
  row: ImportRow,
  earlier: Record<string, string>,
  touches: (slot: string) => boolean,
): { events: IncidentEvent[]; claims: Record<string, string> } {
  const events: IncidentEvent[] = [];
  const claims = { ...earlier };
  const used = state.claims.map((c) => c.id);
  const { reportedAt } = row;
  for (const [slot, claimId] of Object.entries(earlier)) {
    if (!touches(slot)) continue;
    Reflect.deleteProperty(claims, slot);
    if (state.claims.some((c) => c.id === claimId && !c.withdrawn))
      events.push({
        type: 'incident.claim-withdrawn',
        data: { reportedAt, claimId, reason: `superseded by edition ${row.edition}` },
      });
  }
  for (const rowClaim of row.record.claims) {
    if (!touches(rowClaim.slot)) continue;
    const id = claimId(rowClaim, used);
    claims[rowClaim.slot] = id;
    events.push({
      type: 'incident.claim-recorded',
      data: { reportedAt, claim: asClaim(rowClaim, id) },
    });
  }
  return { events, claims };
}

function pick(columns: Columns, names: readonly string[]): Columns {
  return Object.fromEntries(names.map((name) => [name, columns[name] ?? '']));
}

/** The fields that a column feeds; one that feeds none stands for itself. */
function fieldsOf({ mapping }: ImportRow, column: string): string[] {
  const fields = Object.hasOwn(mapping, column) ? mapping[column] : undefined;
  return fields && fields.length > 0 ? fields : [`original.${column}`];
}

function compared(state: Recorded, row: ImportRow, prior: RowState): IncidentEvent[] {
  const { changed, gained } = compareColumns(prior.columns, row.columns, new Set(row.caseless));
  const fields = [...new Set(changed.flatMap((column) => fieldsOf(row, column)))];
  const { scope, reportedAt, dataset, externalId, edition, importId } = row;
  const relisted = scope !== undefined && prior.delistedFrom.includes(scope);
  const newlyListed = scope !== undefined && !relisted && !prior.scopes.includes(scope);
  const touched = (slot: string): boolean => fields.some((f) => covers(f, slot) || covers(slot, f));
  const claimed = claimEvents(state, row, prior.claims, touched);
  const events: IncidentEvent[] = [
    ...revisionEvents(state, describedBy(state, row, fields), reportedAt, `edition ${edition}`),
    ...claimed.events,
  ];
  if (relisted)
    events.push({
      type: 'incident.relisted',
      data: { reportedAt, dataset, scope, externalId, edition, importId },
    });
  if (changed.length > 0 || gained.length > 0 || newlyListed)
    events.push({
      type: 'incident.source-row-recorded',
      data: {
        reportedAt,
        sourceRow: sourceRow(row, pick(row.columns, [...changed, ...gained]), claimed.claims),
        fields,
      },
    });
  return events;
}

/** Each claim has a slot of its own, by which the next edition finds it, and is not later than the row. */
function wrongClaim({ record, reportedAt }: ImportRow): Refusal | undefined {
  const slots = new Set<string>();
  for (const [i, claim] of record.claims.entries()) {
    const at = `record.claims.${String(i)}`;
    if (slots.has(claim.slot))
      return reject('row-invalid', `Two claims of the row have the slot ${claim.slot}.`, at);
    slots.add(claim.slot);
    const late = laterThanReport(claim, reportedAt, at);
    if (late) return late;
  }
  return undefined;
}

/**
 * A row of an edition against what this dataset last said here. A row is compared with the
 * dataset's last row, not with what a reviewer made of it; columns are compared, not what was
 * derived from them. Accepted in every status, which it never changes.
 */
export function importRow(state: IncidentState, row: ImportRow): Decision<IncidentEvent> {
  const refused = endBeforeStart(row.record.occurred, 'record.occurred.end') ?? wrongClaim(row);
  if (refused) return refused;
  if (state.status === 'absent') return accept(created(row));
  const prior = rowOf(state, row.dataset);
  if (prior && prior.externalId !== row.externalId)
    return reject(
      'row-invalid',
      `This incident is ${row.dataset} ${prior.externalId}, not ${row.externalId}.`,
      'externalId',
    );
  if (prior) return accept(...compared(state, row, prior));
  // Reported by hand under the id of this row: what people recorded stays, the row's claims join it.
  const { events, claims } = claimEvents(state, row, {}, () => true);
  return accept(...events, {
    type: 'incident.source-row-recorded',
    data: {
      reportedAt: row.reportedAt,
      sourceRow: sourceRow(row, row.columns, claims),
      fields: [],
    },
  });
}

export function delist(
  state: IncidentState,
  data: CommandDataByName['delist'],
): Decision<IncidentEvent> {
  const row = state.status === 'absent' ? undefined : rowOf(state, data.dataset);
  if (row?.externalId !== data.externalId || !row.scopes.includes(data.scope))
    return reject(
      'not-listed',
      `${data.dataset} does not list ${data.externalId} in scope ${data.scope}.`,
      'scope',
    );
  return accept({ type: 'incident.delisted', data });
}
