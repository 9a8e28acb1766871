import type { ClaimState } from '#libs/domain';
import type { StreamChange } from '../incident/stream-change.js';
import { insertSql, quoted } from '../pg/columns.js';
import { copyRows } from '../pg/copy.js';
import { type RowsStatement, runOnRows } from '../pg/rows.js';
import type { Columns, RowOf } from '../pg/types.js';
import type { Projection } from '../projection.js';

const CLAIM_COLUMNS = {
  incident_id: 'uuid',
  claim_id: 'text',
  asserts: 'text',
  source_name: 'text',
  source_type: 'text',
  indicator: 'text',
  population: 'text',
  side: 'text',
  low: 'int4',
  best: 'int4',
  high: 'int4',
  inconsistent: 'bool',
  reported_at: 'text',
  withdrawn: 'bool',
  disputed: 'bool',
  data: 'jsonb',
} as const satisfies Columns;
type ClaimRow = RowOf<typeof CLAIM_COLUMNS>;

/** Every claim of every incident as it stands now, with its responses in `data`. */
export const claimProjection: Projection = {
  name: 'claim',
  version: 1,
  ddl: (schema) => [
    `CREATE TABLE ${schema}.claim (
      incident_id uuid NOT NULL,
      claim_id text NOT NULL,
      asserts text NOT NULL,
      source_name text NOT NULL,
      source_type text NOT NULL,
      indicator text,
      population text,
      side text,
      low int,
      best int,
      high int,
      inconsistent boolean NOT NULL,
      reported_at text NOT NULL,
      withdrawn boolean NOT NULL,
      disputed boolean NOT NULL,
      data jsonb NOT NULL,
      PRIMARY KEY (incident_id, claim_id)
    )`,
  ],
  views: (schema) => ({ claim: `SELECT * FROM ${schema}.claim` }),
  async apply({ client, schema, changes }) {
    const { inserted, changed } = claimWrites(changes);
    await copyRows(client, `${schema}.claim`, CLAIM_COLUMNS, inserted);
    await runOnRows(client, upsert(schema), changed);
  },
};

export interface ClaimWrites {
  /** Claims of incidents that are new. */
  inserted: ClaimRow[];
  /** Claims that are new or changed in incidents that were there before. */
  changed: ClaimRow[];
}

/** The rows of `claim` that the changes come to. A claim never goes away: it is withdrawn. */
export function claimWrites(changes: readonly StreamChange[]): ClaimWrites {
  const writes: ClaimWrites = { inserted: [], changed: [] };
  for (const { id, before, after } of changes) {
    if (!before) {
      for (const claim of after.claims) writes.inserted.push(claimRow(id, claim));
      continue;
    }
    // evolve keeps the objects of claims that it does not touch.
    const untouched = new Set(before.claims);
    for (const claim of after.claims) {
      if (!untouched.has(claim)) writes.changed.push(claimRow(id, claim));
    }
  }
  return writes;
}

function claimRow(id: string, claim: ClaimState): ClaimRow {
  const counted = claim.asserts === 'casualties' ? claim : undefined;
  return {
    incident_id: id,
    claim_id: claim.id,
    asserts: claim.asserts,
    source_name: claim.source.name,
    source_type: claim.source.type,
    indicator: counted?.indicator ?? null,
    population: counted?.population ?? null,
    side: counted?.side ?? null,
    low: counted?.low ?? null,
    best: counted?.best ?? null,
    high: counted?.high ?? null,
    inconsistent: counted?.inconsistent ?? false,
    reported_at: claim.reportedAt,
    withdrawn: claim.withdrawn !== undefined,
    disputed: !claim.withdrawn && claim.responses.some((r) => r.stance !== 'confirms'),
    data: JSON.stringify(claim),
  };
}

function upsert(schema: string): RowsStatement<typeof CLAIM_COLUMNS> {
  const names = Object.keys(CLAIM_COLUMNS).slice(2).map(quoted);
  return {
    name: `${schema}.claim.upsert`,
    columns: CLAIM_COLUMNS,
    text: `${insertSql(`${schema}.claim`, CLAIM_COLUMNS)}
      ON CONFLICT (incident_id, claim_id) DO UPDATE SET ${names.map((n) => `${n} = excluded.${n}`).join(', ')}`,
  };
}
