import type { Pool } from 'pg';
import { checkpoints, positionOf } from './ledger-state.js';
import { inSnapshot } from './snapshot.js';

export interface ReadModelsStatus {
  generations: { name: string; status: string; createdAt: string }[];
  /** Of the live generation. */
  checkpoints: {
    partition: number;
    /** Of the last event projected; null: none yet. */
    offset: string | null;
    /** When the event there was recorded. */
    recordedAt: string | null;
    /** When the projector last stood at this partition's end. */
    endedAt: string | null;
  }[];
  position: string;
  deadLetters: number;
  /** Imports that are neither completed nor abandoned. */
  runningImports: { importId: string; dataset: string; edition: string; startedAt: string }[];
  datasets: {
    dataset: string;
    incidents: number;
    /** Of the latest completed import. */
    edition: string | null;
    importedAt: string | null;
  }[];
  /** The sources with most standing claims. */
  sources: { name: string; type: string; claims: number; lastReportedAt: string }[];
}

const SOURCES_SHOWN = 20;

interface DatasetRow {
  dataset: string;
  incidents: number;
  edition: string | null;
  finished_at: Date | null;
}

/** How the read models stand, and what they hold in short. */
export async function readModelsStatus(pool: Pool): Promise<ReadModelsStatus> {
  return inSnapshot(pool, async (reader) => {
    const places = await checkpoints(reader);
    const generations = await reader.rows<{ name: string; status: string; created_at: Date }>(
      'SELECT name, status, created_at FROM ledger.generation ORDER BY created_at, name',
    );
    const [letters] = await reader.rows<{ n: number }>(
      'SELECT count(*)::int AS n FROM live.dead_letter',
    );
    const running = await reader.rows<{
      import_id: string;
      dataset: string;
      edition: string;
      started_at: Date;
    }>(
      `SELECT import_id, dataset, edition, started_at FROM live.import_run
       WHERE status = 'running' ORDER BY started_at`,
    );
    const datasets = await reader.rows<DatasetRow>(
      `SELECT d.dataset, d.incidents, r.edition, r.finished_at
       FROM (SELECT unnest(datasets) AS dataset, count(*)::int AS incidents
             FROM live.incident GROUP BY 1) d
       LEFT JOIN LATERAL (
         SELECT edition, finished_at FROM live.import_run r
         WHERE r.dataset = d.dataset AND r.status = 'completed'
         ORDER BY finished_at DESC LIMIT 1
       ) r ON true ORDER BY d.dataset`,
    );
    const sources = await reader.rows<{ name: string; type: string; claims: number; last: string }>(
      `SELECT source_name AS name, min(source_type) AS type, count(*)::int AS claims,
         max(reported_at) AS last
       FROM live.claim WHERE NOT withdrawn GROUP BY source_name
       ORDER BY claims DESC, name LIMIT $1`,
      [SOURCES_SHOWN],
    );
    const iso = (ms: number | null): string | null =>
      ms === null ? null : new Date(ms).toISOString();
    return {
      generations: generations.map((g) => ({
        name: g.name,
        status: g.status,
        createdAt: g.created_at.toISOString(),
      })),
      checkpoints: places.map(({ partition, last, endedAt }) => ({
        partition,
        offset: last?.offset ?? null,
        recordedAt: iso(last?.time ?? null),
        endedAt: iso(endedAt),
      })),
      position: positionOf(places),
      deadLetters: letters?.n ?? 0,
      runningImports: running.map((r) => ({
        importId: r.import_id,
        dataset: r.dataset,
        edition: r.edition,
        startedAt: r.started_at.toISOString(),
      })),
      datasets: datasets.map((d) => ({
        dataset: d.dataset,
        incidents: d.incidents,
        edition: d.edition,
        importedAt: d.finished_at?.toISOString() ?? null,
      })),
      sources: sources.map(({ last, ...source }) => ({ ...source, lastReportedAt: last })),
    };
  });
}
