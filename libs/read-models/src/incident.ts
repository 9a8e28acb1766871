import { Problem } from '#libs/platform';
import type { Pool } from 'pg';
import { capped, INCIDENTS, rectangles } from './filter-sql.js';
import type { TimeTravel } from './filters.js';
import { checkpoints, isFinal } from './ledger-state.js';
import { loadMerges } from './merges.js';
import { isoInstant } from './moments.js';
import type { IncidentForm } from './read-form.js';
import { formOf, INCIDENT_COLUMNS, type IncidentRow } from './rows.js';
import { inSnapshot } from './snapshot.js';
import { Params } from './sql.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Throws a `Problem` 400 unless the text is a UUID, as incidents' and imports' ids are. */
export function requireUuid(id: string, what: string): string {
  if (UUID.test(id)) return id.toLowerCase();
  throw new Problem({
    status: 400,
    code: 'invalid-id',
    title: `Not the id of an ${what}`,
    detail: `${JSON.stringify(id.slice(0, 100))} is not a UUID, as the ids of ${what}s are.`,
    errors: [{ path: 'id', message: 'must be a UUID' }],
  });
}

export function noSuchIncident(id: string, { asOf, knownAt }: TimeTravel = {}): Problem {
  const when = [
    ...(asOf === undefined ? [] : [`as recorded at ${isoInstant(asOf)}`]),
    ...(knownAt === undefined ? [] : [`as reported at ${isoInstant(knownAt)}`]),
  ];
  const detail = `No incident ${id} is in this ledger${when.map((w) => `, ${w}`).join('')}.`;
  return new Problem({ status: 404, code: 'incident-absent', title: 'No such incident', detail });
}

/** `final` only with `asOf`: whether this answer will never change. */
export type IncidentAnswer = IncidentForm & { final?: boolean };

/**
 * One incident as read, at a point of both axes; with `asOf` the answer says whether it is final.
 * A merged one is answered with where it went. Throws a `Problem` 404 when it was not there yet.
 */
export async function getIncident(
  pool: Pool,
  id: string,
  travel: TimeTravel = {},
  now: number = Date.now(),
): Promise<IncidentAnswer> {
  const uuid = requireUuid(id, 'incident');
  const axis = capped(travel, now);
  return inSnapshot(pool, async (reader) => {
    const params = new Params();
    const { from, where } = rectangles(INCIDENTS, 'i', axis, params);
    const [row] = await reader.rows<IncidentRow>(
      `SELECT ${INCIDENT_COLUMNS} FROM ${from}
       WHERE i.id = ${params.add(uuid)}::uuid AND ${where}`,
      params.values,
    );
    if (!row) throw noSuchIncident(uuid, axis);
    const form = formOf(row, await loadMerges(reader, axis, uuid));
    if (axis.asOf === undefined) return form;
    return { ...form, final: isFinal(await checkpoints(reader), axis.asOf, now) };
  });
}
