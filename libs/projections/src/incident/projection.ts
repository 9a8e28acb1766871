import { columnNames, quoted, selectSql, unnestSql } from '../pg/columns.js';
import { copyRows } from '../pg/copy.js';
import { type RowsStatement, runOnRows } from '../pg/rows.js';
import type { Projection } from '../projection.js';
import { INCIDENT_COLUMNS, SPAN_COLUMNS, STATE_COLUMNS } from './columns.js';
import { cutRows, PIECE_COLUMNS } from './cut-rows.js';
import { incidentDdl, incidentViews } from './ddl.js';
import { incidentWrites } from './writes.js';

const STATE_NAMES = Object.keys(STATE_COLUMNS);

/** Every state of every incident with its recorded and known range; the current one apart. */
export const incidentProjection: Projection = {
  name: 'incident',
  version: 1,
  ddl: incidentDdl,
  views: incidentViews,
  async apply({ client, schema, changes }) {
    const writes = incidentWrites(changes);
    const past = {
      schema,
      name: 'incident_past',
      idColumn: 'id',
      stateColumns: STATE_NAMES,
    };
    await runOnRows(client, copyLeft(schema), writes.leftOfCurrent);
    await cutRows(client, past, writes.cutPast, writes.leftOfPast);
    await runOnRows(client, replaceCurrent(schema), writes.updated);
    await copyRows(client, `${schema}.incident`, INCIDENT_COLUMNS, writes.inserted);
    await copyRows(client, `${schema}.incident_past`, INCIDENT_COLUMNS, writes.past);
  },
};

/** Within the server, so that states do not travel for being moved. */
function copyLeft(schema: string): RowsStatement<typeof PIECE_COLUMNS> {
  return {
    name: `${schema}.incident.left`,
    columns: PIECE_COLUMNS,
    text: `INSERT INTO ${schema}.incident_past (${columnNames(INCIDENT_COLUMNS)})
      SELECT ${STATE_NAMES.map((n) => `i.${quoted(n)}`).join(', ')}, ${selectSql(SPAN_COLUMNS, 'r')}
      FROM ${unnestSql(PIECE_COLUMNS, 'r')} JOIN ${schema}.incident i ON i.id = r.source_id`,
  };
}

function replaceCurrent(schema: string): RowsStatement<typeof INCIDENT_COLUMNS> {
  const names = Object.keys(INCIDENT_COLUMNS)
    .filter((n) => n !== 'id')
    .map(quoted);
  return {
    name: `${schema}.incident.replace`,
    columns: INCIDENT_COLUMNS,
    text: `UPDATE ${schema}.incident i SET (${names.join(', ')}) =
        ROW(${names.map((n) => `r.${n}`).join(', ')})
      FROM (SELECT ${selectSql(INCIDENT_COLUMNS, 'u')} FROM ${unnestSql(INCIDENT_COLUMNS, 'u')}) r
      WHERE i.id = r.id`,
  };
}
