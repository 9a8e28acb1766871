import path from 'node:path';
import type pg from 'pg';
import { openEmbeddedLog } from '#libs/event-log';
import { createPool, startEmbeddedPostgres } from '#libs/platform';
import { ensureGeneration, GENERATION, startProjector } from '#libs/projections';
import { runMigrations } from '#libs/read-models';
import { importRows, loadFile } from '../lib/data.js';
import { cost, median, progress } from '../lib/measure.js';
import { copyOf, readTables, sendUpserts, type Table, upsertsOf } from '../lib/raw-upserts.js';
import { recordAll } from './append.js';
import type { SuiteContext } from './suite.js';

const ROWS = 20_000;
const ROUNDS = 3;
/** Transactions at a time, in the ceiling as in the projector. */
const CONNECTIONS = 3;

const silent = {
  info: () => undefined,
  warn: (_: object, message: string) => {
    progress(message);
  },
  error: (fields: object, message: string) => {
    progress(`${message} ${JSON.stringify(fields)}`);
  },
};

/** Makes the read models anew from the log; gives events per second of wall clock. */
async function project(pool: pg.Pool, logDir: string): Promise<number> {
  await pool.query(`DELETE FROM ledger.generation WHERE name = $1`, [GENERATION]);
  await ensureGeneration(pool, { logger: silent });
  const log = openEmbeddedLog({ dir: logDir, readOnly: true });
  const ends = await log.ends();
  const reached = new Set(ends.flatMap((end, partition) => (end ? [] : [partition])));
  const took = await cost(async () => {
    let done: () => void = () => undefined;
    const caughtUp = new Promise<void>((resolve) => (done = resolve));
    const projector = startProjector({
      log,
      pool,
      generation: GENERATION,
      logger: silent,
      concurrency: CONNECTIONS,
    });
    projector.onAdvance((partition, offset) => {
      if (offset === ends[partition]?.offset) reached.add(partition);
      if (reached.size === ends.length) done();
    });
    await caughtUp;
    await projector.stop();
  });
  await log.close();
  return ROWS / took.seconds;
}

/** The same rows into tables with the same indexes, by `unnest` upserts. */
async function ceiling(pool: pg.Pool, tables: readonly Table[]): Promise<number> {
  await copyOf(pool, GENERATION, 'ceiling', tables);
  const transactions = upsertsOf('ceiling', tables);
  const took = await cost(() => sendUpserts(pool, transactions, CONNECTIONS));
  return ROWS / took.seconds;
}

/** Events to all read models, against raw upserts of the rows that they come to. */
export async function projection({ work, figures }: SuiteContext): Promise<void> {
  const file = await loadFile(work.path);
  const { logDir } = await recordAll(await importRows(file, ROWS), work.fresh('log'));
  const postgres = await startEmbeddedPostgres({ dir: path.join(work.path, 'postgres') });
  const pool = createPool(postgres.url);
  try {
    await runMigrations(postgres.url);
    const [ours, raw]: [number[], number[]] = [[], []];
    let tables: Table[] = [];
    for (let round = 0; round <= ROUNDS; round += 1) {
      const rate = await project(pool, logDir);
      tables = await readTables(pool, GENERATION);
      const most = await ceiling(pool, tables);
      progress(`round ${String(round)}: ${rate.toFixed(0)}/s, raw upserts ${most.toFixed(0)}/s`);
      if (round === 0) continue;
      ours.push(rate);
      raw.push(most);
    }
    const rows = tables.map((t) => `${t.name} ${String(t.rows)}`).join(', ');
    figures.note(
      `${String(ROWS)} import rows of ${file.description}, medians of ${String(ROUNDS)}; rows: ${rows}`,
    );
    figures.note(
      `the ceiling sends the same rows, written out beforehand: 1,000 of each table per transaction, ` +
        `${String(CONNECTIONS)} transactions at a time, INSERT … SELECT FROM unnest … ON CONFLICT DO UPDATE`,
    );
    figures.ratio(
      {
        workload: 'events to all read models',
        metric: 'rate',
        unit: 'events/s',
        value: median(ours),
        baseline: median(raw),
      },
      { atLeast: 0.4 },
    );
  } finally {
    await pool.end();
    await postgres.stop();
  }
}
