import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parseCloudEvent } from '#libs/contracts';
import { Problem } from '#libs/platform';
import { aCasualtyClaim, anOccurred, aReport, aRow, command } from '#libs/testing';
import { type FeedRequest, openFeed } from './feed.js';
import { type IncidentQuery, listIncidents } from './incidents.js';
import { PositionWaiter } from './positions.js';
import {
  LedgerFixture,
  ledgerCreated,
  type Placed,
  type ToAppend,
  uuidOf,
} from './testing/ledger-fixture.js';
import { stream, together } from './testing/streams.js';

const T = '2024-11-11T09:00:00.000Z';
const NOW = Date.parse('2024-12-01T00:00:00Z');

let ledger: LedgerFixture;
beforeAll(async () => {
  ledger = await LedgerFixture.create();
}, 60_000);
afterAll(async () => {
  await ledger.close();
});

async function problemOf(run: Promise<unknown>): Promise<Problem> {
  try {
    await run;
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('no problem');
}

function reports(from: number, count: number, time = T): ToAppend[] {
  return Array.from({ length: count }, (_, i) => i + from).flatMap((n) =>
    stream(uuidOf(`incident ${String(n)}`), [
      [
        time,
        aReport({
          title: `No. ${String(n)}`,
          kind: 'airstrike',
          reportedAt: '2024-11-10',
          occurred: anOccurred({ start: `2024-11-${String((n % 9) + 1).padStart(2, '0')}` }),
        }),
      ],
    ]),
  );
}

describe('paging', () => {
  const query: IncidentQuery = { sort: '-occurred', limit: 7 };

  /** Reads page by page and lets things happen between them. */
  async function pages(q: IncidentQuery, between: (page: number) => Promise<void>) {
    const items = [];
    let cursor: string | undefined;
    for (let page = 0; ; page += 1) {
      const answer = await listIncidents(ledger.pool, { ...q, cursor }, NOW);
      items.push(...answer.items);
      if (answer.next === null) return items;
      cursor = answer.next;
      await between(page);
    }
  }

  it('is stable while incidents are recorded, moved, retracted and merged', async () => {
    await ledger.load(together(reports(0, 60)));
    const before = await pages({ ...query, limit: 1000 }, async () => {});
    const later = (page: number): string => new Date(Date.parse(T) + page).toISOString();
    const shown = await pages(query, async (page) => {
      // The first of these are recorded in the very millisecond of what was there before.
      const time = later(page);
      const change = (n: number, c: Parameters<typeof command>[0], data: unknown): ToAppend => ({
        subject: uuidOf(`incident ${String(n)}`),
        version: 2,
        time,
        event: { type: `incident.${c}`, data },
      });
      await ledger.append([
        ...reports(100 + page * 10, 10, time),
        change(page, 'retracted' as never, { reason: 'x', reportedAt: '2024-11-11' }),
        change(20 + page, 'redated' as never, {
          occurred: { start: '2024-10-01', span: 'lasted', precision: 'day' },
          reason: 'x',
          reportedAt: '2024-11-11',
        }),
        change(40 + page, 'merged' as never, {
          into: uuidOf('incident 59'),
          reason: 'x',
          reportedAt: '2024-11-11',
        }),
      ]);
    });
    const ids = shown.map((i) => i.id);
    expect(new Set(ids).size).toBe(ids.length);
    // What changed within the same millisecond (the first page's change) cannot be told apart.
    const touched = new Set([0, 20, 40, 59].map((n) => uuidOf(`incident ${String(n)}`)));
    const untouched = (list: typeof shown) => list.filter((i) => !touched.has(i.id));
    expect(untouched(shown)).toEqual(untouched(before));
  });

  it('goes in either direction; what has no time is no later than anything', async () => {
    const undated = stream(uuidOf('undated'), [
      [T, aReport({ kind: 'airstrike', occurred: { span: 'within', precision: 'unknown' } })],
    ]);
    await ledger.load(together(reports(0, 9), undated));
    for (const sort of ['occurred', '-occurred'] as const) {
      const items = await pages({ sort, limit: 4 }, async () => {});
      const starts = items.map((i) => i.occurred.start);
      if (sort === '-occurred') starts.reverse();
      expect(starts[0]).toBeNull();
      expect(starts.slice(1)).toEqual(starts.slice(1).sort());
    }
  });

  it('refuses a cursor of another query, and what is none', async () => {
    await ledger.load(together(reports(0, 20)));
    const { next } = await listIncidents(ledger.pool, query, NOW);
    const cursor = next ?? '';
    const other = listIncidents(ledger.pool, { ...query, kind: ['blackout'], cursor }, NOW);
    expect(await problemOf(other)).toMatchObject({ status: 400, code: 'invalid-cursor' });
    const resorted = listIncidents(ledger.pool, { ...query, sort: 'occurred', cursor }, NOW);
    expect(await problemOf(resorted)).toMatchObject({ status: 400 });
    for (const nonsense of ['', 'x', Buffer.from('{"q":1}').toString('base64url')])
      expect(
        await problemOf(listIncidents(ledger.pool, { ...query, cursor: nonsense }, NOW)),
      ).toMatchObject({ status: 400, code: 'invalid-cursor' });
    const more = await listIncidents(ledger.pool, { ...query, limit: 1000, cursor }, NOW);
    expect(more.items).toHaveLength(13);
  });
});

describe('the feed', () => {
  async function read(request: FeedRequest = {}): Promise<{ bytes: string[]; next: string }> {
    const feed = await openFeed(ledger.pool, request);
    const bytes: string[] = [];
    for await (const batch of feed.batches)
      bytes.push(...batch.map((b) => Buffer.from(b).toString()));
    return { bytes, next: feed.next };
  }
  const inOrder = (placed: readonly Placed[]): string[] =>
    [...placed]
      .sort((a, b) => a.partition - b.partition || Number(a.offset) - Number(b.offset))
      .map((p) => Buffer.from(p.bytes).toString());

  let placed: Placed[];
  beforeAll(async () => {
    const row = stream(uuidOf('a row'), [
      [T, aRow({ id: '1' })],
      [T, command('record-claim', aCasualtyClaim())],
    ]);
    placed = await ledger.load([ledgerCreated(T), ...together(reports(0, 700), row)]);
  });

  it('gives the bytes of the log from the beginning, and from the cursor what came after', async () => {
    const all = await read();
    expect(all.bytes).toEqual(inOrder(placed));
    expect((await read({ cursor: all.next })).bytes).toEqual([]);
    const more = await ledger.append(reports(1000, 30, '2024-11-12T00:00:00.000Z'));
    const rest = await read({ cursor: all.next });
    expect(rest.bytes).toEqual(inOrder(more));
    placed.push(...more);
  });

  it('gives pages that together are the whole', async () => {
    const bytes: string[] = [];
    let cursor: string | undefined;
    for (;;) {
      const page = await read({ limit: 97, cursor });
      bytes.push(...page.bytes);
      expect(page.bytes.length).toBeLessThanOrEqual(97);
      if (page.bytes.length === 0) break;
      cursor = page.next;
    }
    expect(bytes.sort()).toEqual(inOrder(placed).sort());
    expect(bytes).toHaveLength(placed.length);
  });

  it('filters by type, subject and dataset, in pages too', async () => {
    const types = (bytes: string[]) =>
      bytes.map((b) => parseCloudEvent(Buffer.from(b)).type.replace('conflict.', ''));
    expect(types((await read({ type: ['incident.claim-recorded'] })).bytes)).toHaveLength(1);
    expect(types((await read({ type: ['conflict.ledger.created'] })).bytes)).toEqual([
      'ledger.created',
    ]);
    expect(types((await read({ subject: [uuidOf('a row')], limit: 5 })).bytes)).toEqual([
      'incident.reported',
      'incident.claim-recorded',
    ]);
    const ofRow = await read({ dataset: ['events'], limit: 1 });
    expect(types(ofRow.bytes)).toEqual(['incident.reported']);
    expect((await read({ dataset: ['events'], limit: 1, cursor: ofRow.next })).bytes).toEqual([]);
  });

  it('answers 410 to a cursor of another log, 400 to what is none', async () => {
    const { next } = await read({ limit: 50 });
    const later = await read();
    await ledger.load([ledgerCreated('2024-11-13T00:00:00.000Z'), ...together(reports(0, 700))]);
    expect(await problemOf(read({ cursor: next }))).toMatchObject({ status: 410 });
    await ledger.load([ledgerCreated(T)]);
    expect(await problemOf(read({ cursor: later.next }))).toMatchObject({
      status: 410,
      code: 'cursor-lost',
    });
    expect(await problemOf(read({ cursor: 'abc' }))).toMatchObject({ status: 400 });
  });
});

describe('waiting for a position', () => {
  it('ends when the projection is there, at once when it tells', async () => {
    const [first] = await ledger.load([ledgerCreated(T)]);
    const waiter = new PositionWaiter(ledger.pool);
    const here = [{ partition: 0, offset: first?.offset ?? '' }];
    await waiter.wait(here);
    const [placed] = await ledger.appendOnly(reports(1, 1));
    const position = [{ partition: placed?.partition ?? 0, offset: placed?.offset ?? '' }];
    const polled = waiter.wait([...here, ...position]);
    await ledger.project();
    await polled;
    const told = waiter.wait([{ partition: 11, offset: '999' }]);
    waiter.notify(11, '998');
    waiter.notify(11, '1000');
    await told;
  });

  it('is a 504 after its time, and ends with the caller', async () => {
    const waiter = new PositionWaiter(ledger.pool);
    const never = [{ partition: 11, offset: '99999999' }];
    const problem = await problemOf(waiter.wait(never, { timeoutMs: 40 }));
    expect(problem).toMatchObject({ status: 504, code: 'not-yet-visible' });
    expect(problem.detail).toContain('11:99999999');
    const leaving = new AbortController();
    const waited = waiter.wait(never, { signal: leaving.signal });
    leaving.abort(new Error('gone'));
    await expect(waited).rejects.toThrow('gone');
  });
});
