import { insertSql, quoted } from '../pg/columns.js';
import { runOnRows } from '../pg/rows.js';
import type { Projection } from '../projection.js';
import { IMPORT_RUN_COLUMNS, IMPORT_RUN_COUNTERS, importRunRows } from './rows.js';

/** Imports and what each changed. Rows are shared by partitions, so this one is written last. */
export const importRunProjection: Projection = {
  name: 'import_run',
  version: 1,
  ddl: (schema) => [
    `CREATE TABLE ${schema}.import_run (
      import_id uuid PRIMARY KEY,
      dataset text,
      format text,
      edition text,
      scope text,
      reported_at text,
      file jsonb,
      -- running, completed or abandoned; null until the event that started it is projected
      status text,
      started_at timestamptz,
      finished_at timestamptz,
      recorded_by text,
      -- as the run itself stated them when it completed
      counts jsonb,
      rejects jsonb,
      reason text,
      -- counted here, as events of its rows arrive
      created int NOT NULL,
      revised int NOT NULL,
      unchanged_recorded int NOT NULL,
      extended int NOT NULL,
      vanished int NOT NULL,
      reappeared int NOT NULL,
      events int NOT NULL
    ) WITH (fillfactor = 50)`,
  ],
  views: (schema) => ({ import_run: `SELECT * FROM ${schema}.import_run` }),
  async apply({ client, schema, commands }) {
    const statement = {
      name: `${schema}.import_run.add`,
      columns: IMPORT_RUN_COLUMNS,
      text: `${insertSql(`${schema}.import_run`, IMPORT_RUN_COLUMNS)}
        ON CONFLICT (import_id) DO UPDATE SET ${assignments().join(', ')}`,
    };
    await runOnRows(client, statement, importRunRows(commands));
  },
};

function assignments(): string[] {
  const counters = new Set<string>(IMPORT_RUN_COUNTERS);
  return Object.keys(IMPORT_RUN_COLUMNS)
    .slice(1)
    .map(quoted)
    .map((n) =>
      counters.has(n.slice(1, -1))
        ? `${n} = import_run.${n} + excluded.${n}`
        : `${n} = COALESCE(excluded.${n}, import_run.${n})`,
    );
}
