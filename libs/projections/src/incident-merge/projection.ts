import type { PoolClient } from 'pg';
import type { WrittenCommand } from '../batch.js';
import { insertSql, unnestSql } from '../pg/columns.js';
import { type RowsStatement, runOnRows } from '../pg/rows.js';
import type { Columns, RowOf } from '../pg/types.js';
import type { Projection } from '../projection.js';
import { type Edge, edgesOnCycles } from './cycles.js';

const MERGE_COLUMNS = {
  event_id: 'uuid',
  from_id: 'uuid',
  into_id: 'uuid',
  recorded_from: 'timestamptz',
  recorded_to: 'timestamptz',
  known_from: 'timestamptz',
  known_to: 'timestamptz',
  in_cycle: 'bool',
} as const satisfies Columns;
type MergeRow = RowOf<typeof MERGE_COLUMNS>;

const END_COLUMNS = {
  from_id: 'uuid',
  recorded_to: 'timestamptz',
  known_to: 'timestamptz',
} as const satisfies Columns;
type EndRow = RowOf<typeof END_COLUMNS>;

/**
 * Merges as edges, one per `incident.merged`. At (a, k) an edge is valid when it was recorded by
 * `a` and known at `k` (recorded_from <= a, known_from <= k) and its end was not
 * (not: recorded_to <= a and known_to <= k). Of several valid edges from one incident the one
 * recorded last counts; of a cycle of valid edges the one with the greatest
 * (recorded_from, event_id) is void. Partitions meet here, hence the lock.
 */
export const incidentMergeProjection: Projection = {
  name: 'incident_merge',
  version: 1,
  ddl: (schema) => [
    `CREATE TABLE ${schema}.incident_merge (
      event_id uuid PRIMARY KEY,
      from_id uuid NOT NULL,
      into_id uuid NOT NULL,
      recorded_from timestamptz NOT NULL,
      -- of the unmerge: when it was recorded, and when it was reported
      recorded_to timestamptz NOT NULL,
      known_from timestamptz NOT NULL,
      known_to timestamptz NOT NULL,
      -- ever on a cycle, whatever the times
      in_cycle boolean NOT NULL
    )`,
    `CREATE INDEX ON ${schema}.incident_merge (from_id)`,
    `CREATE INDEX ON ${schema}.incident_merge (into_id)`,
  ],
  views: (schema) => ({ incident_merge: `SELECT * FROM ${schema}.incident_merge` }),
  async apply({ client, schema, commands }) {
    const { edges, ends } = mergeWrites(commands);
    if (edges.length === 0 && ends.length === 0) return;
    await client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [
      `conflict-ledger:${schema}:incident_merge`,
    ]);
    await runOnRows(client, endEdges(schema), ends);
    await runOnRows(client, insertEdges(schema), edges);
    if (edges.length > 0) await markCycles(client, schema, edges);
  },
};

export interface MergeWrites {
  edges: MergeRow[];
  /** Ends of edges that were there before. */
  ends: EndRow[];
}

export function mergeWrites(commands: readonly WrittenCommand[]): MergeWrites {
  const writes: MergeWrites = { edges: [], ends: [] };
  for (const { event, recorded, reported } of commands.flatMap((c) => c.events)) {
    if (event.type === 'incident.merged') {
      writes.edges.push({
        event_id: event.id,
        from_id: event.subject,
        into_id: event.data.into,
        recorded_from: recorded,
        recorded_to: Infinity,
        known_from: reported,
        known_to: Infinity,
        in_cycle: false,
      });
    } else if (event.type === 'incident.unmerged') {
      const end = { recorded_to: recorded, known_to: reported };
      const open = writes.edges.filter(
        (e) => e.from_id === event.subject && e.recorded_to === Infinity,
      );
      if (open.length === 0) writes.ends.push({ from_id: event.subject, ...end });
      for (const edge of open) Object.assign(edge, end);
    }
  }
  return writes;
}

async function markCycles(
  client: PoolClient,
  schema: string,
  edges: readonly MergeRow[],
): Promise<void> {
  // Every cycle through a new edge lies among the edges that can be reached from its target.
  const { rows } = await client.query<Edge>(
    `WITH RECURSIVE reach(id) AS (
        SELECT unnest($1::uuid[]) UNION
        SELECT m.into_id FROM reach JOIN ${schema}.incident_merge m ON m.from_id = reach.id)
      SELECT m.event_id AS "eventId", m.from_id AS "from", m.into_id AS "into"
      FROM reach JOIN ${schema}.incident_merge m ON m.from_id = reach.id`,
    [edges.map((e) => e.into_id)],
  );
  const onCycle = edgesOnCycles(rows);
  if (onCycle.length === 0) return;
  await client.query(
    `UPDATE ${schema}.incident_merge SET in_cycle = true
     WHERE event_id = ANY($1::uuid[]) AND NOT in_cycle`,
    [onCycle],
  );
}

function insertEdges(schema: string): RowsStatement<typeof MERGE_COLUMNS> {
  return {
    name: `${schema}.incident_merge.insert`,
    columns: MERGE_COLUMNS,
    text: insertSql(`${schema}.incident_merge`, MERGE_COLUMNS),
  };
}

function endEdges(schema: string): RowsStatement<typeof END_COLUMNS> {
  return {
    name: `${schema}.incident_merge.end`,
    columns: END_COLUMNS,
    text: `UPDATE ${schema}.incident_merge m SET recorded_to = r.recorded_to, known_to = r.known_to
      FROM ${unnestSql(END_COLUMNS, 'r')}
      WHERE m.from_id = r.from_id AND m.recorded_to = 'infinity'`,
  };
}
