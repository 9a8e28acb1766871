import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type EventDraft, encodeEvent, parseCloudEvent } from '#libs/contracts';
import { type EmbeddedLog, openEmbeddedLog } from '#libs/event-log';
import { tempDir, type TestDatabase } from '#libs/testing';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { appendDrafts, arbitraryLedger, draftsOf, type PlacedDraft } from '../testing/ledgers.js';
import { caughtUp, createReadModels, difference, dumped, silent } from '../testing/projecting.js';
import { type Projector, startProjector } from './projector.js';

const LEDGER = draftsOf(fc.sample(arbitraryLedger, { seed: 20, numRuns: 1 })[0] ?? []);

/** A stream that has events before and behind the one in the middle of the log. */
function streamToPoison(): { subject: string; version: number; partition: number } {
  const counts = new Map<string, number>();
  for (const { draft } of LEDGER) {
    if (!draft.type.startsWith('incident.')) continue;
    counts.set(draft.subject, (counts.get(draft.subject) ?? 0) + 1);
  }
  const [subject = '', events = 0] = [...counts].sort((a, b) => b[1] - a[1])[0] ?? [];
  const partition = LEDGER.find((d) => d.draft.subject === subject)?.partition ?? 0;
  return { subject, version: Math.floor(events / 2), partition };
}

/** The ledger with one event's data changed. */
function poisoned(data: object): PlacedDraft[] {
  const { subject, version } = streamToPoison();
  return LEDGER.map((placed) => {
    const { draft } = placed;
    if (draft.subject !== subject || draft.streamVersion !== version) return placed;
    return { ...placed, draft: { ...draft, ...data } };
  });
}

describe('dead letters', () => {
  let log: EmbeddedLog;
  let dir: ReturnType<typeof tempDir>;
  let database: TestDatabase;
  const projectors: Projector[] = [];

  beforeEach(async () => {
    dir = tempDir();
    log = openEmbeddedLog({ dir: dir.path });
    database = await createReadModels();
  });
  afterEach(async () => {
    await Promise.all(projectors.splice(0).map((p) => p.stop()));
    await database.drop();
    await log.close();
    dir.dispose();
  });

  function start(batchSize = 1_000): Projector {
    const { pool } = database;
    const projector = startProjector({ log, pool, generation: 'g1', logger: silent, batchSize });
    projectors.push(projector);
    return projector;
  }

  /** What the read models hold apart from the journal, the dead letters and one stream. */
  function othersThan(subject: string, lines: readonly string[]): string[] {
    return lines.filter(
      (line) =>
        !/^{"table":"(event_journal|dead_letter|import_run)"/.test(line) &&
        !line.includes(`"${subject}"`),
    );
  }

  async function wholeWithoutPoison(): Promise<string[]> {
    const own = tempDir();
    const sound = openEmbeddedLog({ dir: own.path });
    const models = await createReadModels();
    await appendDrafts(sound, LEDGER);
    const { pool } = models;
    const projector = startProjector({ log: sound, pool, generation: 'g1', logger: silent });
    await caughtUp(projector, sound);
    await projector.stop();
    const lines = await dumped(models);
    await models.drop();
    await sound.close();
    own.dispose();
    return lines;
  }

  const cases = {
    'a number that its column cannot hold': {
      type: 'incident.claim-recorded',
      data: {
        reportedAt: '2024-01-02',
        claim: {
          id: 'huge',
          asserts: 'casualties',
          indicator: 'killed',
          population: 'all',
          low: 5_000_000_000,
          source: { name: 'Ministry', type: 'official' },
          reportedAt: '2024-01-02',
        },
      },
    },
    'a text that Postgres refuses': {
      type: 'incident.redescribed',
      data: { reportedAt: '2030-01-02', title: 'U+0000 \u0000 in it', reason: 'by mistake' },
    },
    'an event that a newer build wrote': {
      type: 'incident.teleported',
      data: { reportedAt: '2024-01-02', to: 'the moon' },
    },
  };

  for (const [what, data] of Object.entries(cases)) {
    it(`parks ${what} with the rest of its stream, and nothing else`, async () => {
      const drafts = poisoned(data);
      const { subject, version, partition } = streamToPoison();
      await appendDrafts(log, drafts, 7, encodeAnything);
      const projector = start();
      await caughtUp(projector, log);

      const { rows: letters } = await database.pool.query<{ bytes: Buffer }>(
        'SELECT bytes FROM live.dead_letter ORDER BY "offset"',
      );
      const parked = drafts.filter(
        (d) => d.draft.subject === subject && d.draft.streamVersion >= firstOfCommand(version),
      );
      expect(letters.map(({ bytes }) => parseCloudEvent(bytes).id)).toEqual(
        parked.map(({ draft }) => draft.id),
      );
      expect(projector.health().map((h) => h.parkedStreams)[partition]).toBe(1);
      const { rows: journal } = await database.pool.query(
        'SELECT count(*)::int AS n FROM live.event_journal',
      );
      expect(journal).toEqual([{ n: drafts.length }]);
      const expected = othersThan(subject, await wholeWithoutPoison());
      expect(difference(othersThan(subject, await dumped(database)), expected)).toEqual([]);
    }, 60_000);
  }

  it('keeps a stream parked over restarts and batches', async () => {
    const data = cases['a text that Postgres refuses'];
    const drafts = poisoned(data);
    const half = Math.floor(drafts.length * 0.7);
    await appendDrafts(log, drafts.slice(0, half), 7, encodeAnything);
    const first = start();
    await caughtUp(first, log);
    await first.stop();
    await appendDrafts(log, drafts.slice(half), 7, encodeAnything);
    await caughtUp(start(2), log);
    const { subject, version } = streamToPoison();
    const { rows } = await database.pool.query('SELECT count(*)::int AS n FROM live.dead_letter');
    const parked = drafts.filter(
      (d) => d.draft.subject === subject && d.draft.streamVersion >= firstOfCommand(version),
    );
    expect(rows).toEqual([{ n: parked.length }]);
  }, 60_000);
});

/** Commands are parked whole: the version of the first event of the command that wrote `version`. */
function firstOfCommand(version: number): number {
  const { subject } = streamToPoison();
  const own = LEDGER.filter((d) => d.draft.subject === subject).map((d) => d.draft);
  const command = own.find((d) => d.streamVersion === version)?.causationId;
  return own.find((d) => d.causationId === command)?.streamVersion ?? version;
}

/** The codec refuses what the schemas do not allow; these events get past it. */
function encodeAnything(draft: EventDraft, prevHash: string): { bytes: Buffer; hash: string } {
  const known = { ...draft, type: 'incident.reopened' } as EventDraft;
  const text = encodeEvent(known, prevHash)
    .bytes.toString('utf8')
    .replaceAll('incident.reopened', draft.type);
  const { hash: _, ...rest } = JSON.parse(text) as Record<string, unknown>;
  const hash = createHash('sha256').update(JSON.stringify(rest)).digest('hex');
  const sorted = Object.fromEntries(
    Object.entries({ ...rest, hash }).sort(([a], [b]) => (a < b ? -1 : 1)),
  );
  return { bytes: Buffer.from(JSON.stringify(sorted)), hash };
}
