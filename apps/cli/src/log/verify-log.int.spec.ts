import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { encodeEvent, type EventDraft, GENESIS_HASH, newId, partitionOf } from '#libs/contracts';
import { type EmbeddedLog, openEmbeddedLog } from '#libs/event-log';
import { tempDir } from '#libs/testing';
import { replayAll, replayIncident } from './replay-log.js';
import { verifyLog } from './verify-log.js';

const LEDGER = '0b8f6d5e-3a55-4a6e-9d3c-0f1e2d3c4b5a';
const INCIDENT = '3656bd70-fc82-5162-927f-58d8ad7ec69a';
const PARTITION = partitionOf(INCIDENT);

/** `incident.reported`, then retitled with every further version. */
function draft(streamVersion: number, over: Partial<EventDraft> = {}): EventDraft {
  const common = {
    id: newId(),
    ledgerId: LEDGER,
    subject: INCIDENT,
    time: `2024-11-11T00:00:0${String(streamVersion % 10)}.000Z`,
    streamVersion,
    recordedBy: 'local',
    recordedByRole: 'recorder',
    causationId: `key ${String(streamVersion)}`,
    commandHash: 'ab'.repeat(32),
    correlationId: 'test',
  };
  const reported = {
    reportedAt: '2024-11-11',
    kind: 'explosion',
    title: 'An explosion',
    occurred: { start: '2024-11-11', span: 'lasted', precision: 'day' },
    location: { precision: 'unknown' },
    actors: [],
    claims: [],
  } as const;
  const event =
    streamVersion === 1
      ? { type: 'incident.reported', data: reported }
      : {
          type: 'incident.redescribed',
          data: {
            reportedAt: '2024-11-11',
            title: `Title ${String(streamVersion)}`,
            reason: 'why',
          },
        };
  return { ...common, ...event, ...over } as EventDraft;
}

describe('a log that is read by itself', () => {
  let temp: ReturnType<typeof tempDir>;
  let log: EmbeddedLog;
  beforeEach(() => {
    temp = tempDir();
    log = openEmbeddedLog({ dir: temp.path });
  });
  afterEach(async () => {
    await log.close();
    temp.dispose();
  });

  async function append(drafts: readonly EventDraft[], partition = PARTITION): Promise<void> {
    const writer = await log.openWriter(partition);
    let prevHash = writer.head?.hash ?? GENESIS_HASH;
    for (const event of drafts) {
      const { bytes, hash } = encodeEvent(event, prevHash);
      await writer.append([{ key: event.subject, bytes, prevHash, hash }]);
      prevHash = hash;
    }
  }

  async function problems(): Promise<string[]> {
    const { findings, problems: count } = await verifyLog(log);
    expect(count).toBe(findings.length);
    return findings.map((f) => `${String(f.partition)}:${f.offset ?? ''} ${f.problem}`);
  }

  it('is sound when nothing is wrong', async () => {
    await append([draft(1), draft(2), draft(3)]);
    expect(await verifyLog(log)).toMatchObject({ events: 3, streams: 1, problems: 0 });
  });

  it.each<[string, EventDraft[], number, RegExp]>([
    ['a hole in the versions', [draft(1), draft(3)], 1, /version 3 .* after version 1/],
    ['a version twice', [draft(1), draft(2), draft(2)], 2, /version 2 .* after version 2/],
    [
      'a time that goes back',
      [draft(2), draft(1)].map((d, i) => ({ ...d, streamVersion: i + 1 })),
      1,
      /is before/,
    ],
    [
      'data that do not fit',
      [draft(1), draft(2, { data: { title: 5 } } as never)],
      1,
      /data\.|title/,
    ],
    ['another ledger', [draft(1), draft(2, { ledgerId: newId() })], 1, /written by the ledger/],
  ])('%s', async (_name, drafts, offset, words) => {
    await append(drafts);
    const found = await problems();
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(new RegExp(`^${String(PARTITION)}:${String(offset)} `));
    expect(found[0]).toMatch(words);
  });

  it('a stream in the wrong partition', async () => {
    const elsewhere = (PARTITION + 1) % log.partitions;
    await append([draft(1)], elsewhere);
    expect(await problems()).toEqual([
      expect.stringMatching(`belongs in partition ${String(PARTITION)}`),
    ]);
  });

  it('replays an incident, also as it was', async () => {
    await append([draft(1), draft(2), draft(3)]);
    expect(await replayIncident(log, INCIDENT)).toMatchObject({
      version: 3,
      position: `${String(PARTITION)}:2`,
      state: { title: 'Title 3', kind: 'explosion' },
    });
    const before = await replayIncident(log, INCIDENT, '2024-11-11T00:00:02.000Z');
    expect(before).toMatchObject({ version: 2, state: { title: 'Title 2' } });
    expect(await replayIncident(log, newId())).toBeUndefined();
    const all = [];
    for await (const one of replayAll(log)) all.push(one.incidentId);
    expect(all).toEqual([INCIDENT]);
  });
});
