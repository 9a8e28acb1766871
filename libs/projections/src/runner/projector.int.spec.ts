import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { fold, type IncidentEvent } from '#libs/domain';
import { type EmbeddedLog, openEmbeddedLog } from '#libs/event-log';
import { tempDir, type TestDatabase, waitFor } from '#libs/testing';
import fc from 'fast-check';
import {
  appendDrafts,
  arbitraryLedger,
  draftsOf,
  INCIDENTS,
  type LedgerCommand,
  type PlacedDraft,
} from '../testing/ledgers.js';
import { caughtUp, createReadModels, difference, dumped, silent } from '../testing/projecting.js';
import { type Projector, type ProjectorOptions, startProjector } from './projector.js';

/** A ledger like any other, the same in every run. */
function ledger(seed: number): LedgerCommand[] {
  return fc.sample(arbitraryLedger, { seed, numRuns: 1 })[0] ?? [];
}

describe('the projector', () => {
  let log: EmbeddedLog;
  let dir: ReturnType<typeof tempDir>;
  const databases: TestDatabase[] = [];
  const projectors: Projector[] = [];

  beforeEach(() => {
    dir = tempDir();
    log = openEmbeddedLog({ dir: dir.path });
  });
  afterEach(async () => {
    await Promise.all(projectors.splice(0).map((p) => p.stop()));
    await Promise.all(databases.splice(0).map((d) => d.drop()));
    await log.close();
    dir.dispose();
  });

  async function readModels(): Promise<TestDatabase> {
    const database = await createReadModels();
    databases.push(database);
    return database;
  }

  function start(database: TestDatabase, options: Partial<ProjectorOptions> = {}): Projector {
    const projector = startProjector({
      log,
      pool: database.pool,
      generation: 'g1',
      logger: silent,
      ...options,
    });
    projectors.push(projector);
    return projector;
  }

  async function projected(options: Partial<ProjectorOptions> = {}): Promise<string[]> {
    const database = await readModels();
    await caughtUp(start(database, options), log);
    return dumped(database);
  }

  it('gives at every (asOf, knownAt) the state that the domain folds', async () => {
    for (const seed of [1, 2, 3]) {
      const drafts = draftsOf(ledger(seed));
      const own = tempDir();
      const ownLog = openEmbeddedLog({ dir: own.path });
      const database = await readModels();
      await appendDrafts(ownLog, drafts);
      await caughtUp(start(database, { log: ownLog, batchSize: 3 }), ownLog);
      await expectStates(database, drafts);
      await Promise.all(projectors.splice(0).map((p) => p.stop()));
      await ownLog.close();
      own.dispose();
    }
  }, 60_000);

  it('gives the same rows however partitions and batches interleave', async () => {
    await appendDrafts(log, draftsOf(ledger(4)));
    const atOnce = await projected();
    expect(atOnce.length).toBeGreaterThan(100);
    expect(difference(await projected({ concurrency: 1 }), atOnce)).toEqual([]);
    expect(difference(await projected({ concurrency: 4, batchSize: 1 }), atOnce)).toEqual([]);
    expect(difference(await projected({ concurrency: 2, batchSize: 5 }), atOnce)).toEqual([]);
  }, 60_000);

  it('follows what is appended while it runs, and says so when it is visible', async () => {
    const drafts = draftsOf(ledger(5));
    const database = await readModels();
    const projector = start(database);
    const advanced = new Map<number, string>();
    projector.onAdvance((partition, offset) => advanced.set(partition, offset));
    await appendDrafts(log, drafts);
    const ends = await log.ends();
    await waitFor(() => ends.every((end, p) => end === null || advanced.get(p) === end.offset), {
      what: 'an advance to the end of every partition',
    });
    const { rows } = await database.pool.query('SELECT count(*)::int AS n FROM live.event_journal');
    expect(rows).toEqual([{ n: drafts.length }]);
    await projector.stop();
    expect(difference(await dumped(database), await projected())).toEqual([]);
  }, 60_000);

  it('gives the same rows when it is stopped midway and when two run side by side', async () => {
    await appendDrafts(log, draftsOf(ledger(6)));
    const whole = await projected();
    const database = await readModels();
    for (const until of [1, 3, 7]) {
      let batches = 0;
      await new Promise<void>((resolve) => {
        const projector = start(database, {
          batchSize: 1,
          onBatch: () => {
            batches += 1;
            if (batches === until) resolve(projector.stop());
          },
        });
      });
    }
    const both = [start(database, { batchSize: 1 }), start(database)];
    for (const projector of both) await caughtUp(projector, log);
    expect(difference(await dumped(database), whole)).toEqual([]);
    expect(both.flatMap((p) => p.health()).map((h) => h.state)).not.toContain('failed');
  }, 60_000);

  it('goes on by itself when its connections are cut', async () => {
    await appendDrafts(log, draftsOf(ledger(7)));
    const whole = await projected();
    const database = await readModels();
    let batches = 0;
    let cuts = 0;
    const projector = start(database, {
      batchSize: 1,
      onBatch: () => {
        batches += 1;
        // Others are in the middle of their transactions now.
        if (batches % 10 === 0) {
          cuts += 1;
          void databases[0]?.pool.query(
            `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1`,
            [new URL(database.url).pathname.slice(1)],
          );
        }
      },
    });
    await caughtUp(projector, log);
    expect(cuts).toBeGreaterThan(1);
    expect(difference(await dumped(database), whole)).toEqual([]);
  }, 60_000);

  it('keeps in_force, claim and incident in step', async () => {
    await appendDrafts(log, draftsOf(ledger(8)));
    const database = await readModels();
    await caughtUp(start(database), log);
    const spans = 'recorded_from, recorded_to, known_from, known_to';
    const { rows } = await database.pool.query(
      `(SELECT incident_id, kind, ${spans} FROM live.in_force) EXCEPT ALL (${lasting(spans)})
       UNION ALL (${lasting(spans)}) EXCEPT ALL (SELECT incident_id, kind, ${spans} FROM live.in_force)`,
    );
    expect(rows).toEqual([]);
    const { rows: claims } = await database.pool.query<{ state: unknown; data: unknown }>(
      `SELECT i.state->'claims' AS state,
              (SELECT jsonb_agg(c.data ORDER BY array_position(
                 ARRAY(SELECT jsonb_array_elements(i.state->'claims')->>'id'), c.claim_id))
               FROM live.claim c WHERE c.incident_id = i.id) AS data
       FROM live.incident i WHERE jsonb_array_length(i.state->'claims') > 0`,
    );
    expect(claims.length).toBeGreaterThan(3);
    for (const { state, data } of claims) expect(data).toEqual(state);
  }, 60_000);
});

function lasting(spans: string): string {
  return `SELECT id, kind, ${spans} FROM live.incident_version
    WHERE kind IN ('air_alert', 'blackout', 'displacement') AND NOT state ? 'retracted'`;
}

/** Compares `live.incident_version` with the domain's fold at every instant of either axis. */
async function expectStates(database: TestDatabase, drafts: readonly PlacedDraft[]): Promise<void> {
  const events = drafts.map(({ draft }) => ({
    subject: draft.subject,
    version: draft.streamVersion,
    recorded: Date.parse(draft.time),
    reported: Date.parse(draft.data.reportedAt),
    event: { type: draft.type, data: draft.data } as IncidentEvent,
  }));
  const recorded = sample([...new Set(events.map((e) => e.recorded))], 6);
  const reported = sample([...new Set(events.map((e) => e.reported))], 6);
  for (const a of [...recorded, Date.parse('2100-01-01')]) {
    for (const k of [...reported, Date.parse('2100-01-01')]) {
      const { rows } = await database.pool.query(
        `SELECT id, version, state FROM live.incident_version
         WHERE recorded_from <= $1 AND recorded_to > $1 AND known_from <= $2 AND known_to > $2
         ORDER BY id`,
        [new Date(a).toISOString(), new Date(k).toISOString()],
      );
      const expected = INCIDENTS.flatMap((id) => {
        const known = events.filter((e) => e.subject === id && e.recorded <= a && e.reported <= k);
        const state = fold(known.map((e) => e.event));
        if (state.status === 'absent') return [];
        return [
          {
            id,
            version: known.at(-1)?.version,
            state: JSON.parse(JSON.stringify(state)) as unknown,
          },
        ];
      });
      expect(rows).toEqual(expected);
    }
  }
}

function sample(values: number[], count: number): number[] {
  const step = Math.max(1, Math.floor(values.length / count));
  return values.filter((_, i) => i % step === 0);
}
