import { describe, expect, it } from '@jest/globals';
import type { LogBatch } from '../port.js';
import { Chain, at } from './chain.js';
import {
  appendTo,
  codeOf,
  eachLog,
  Follower,
  PATIENCE_MS,
  readAll,
  texts,
  until,
  type OpenedLog,
} from './fixture.js';

/** The port promises a batch every 5 s at an idle end; the rest is for a busy machine. */
const IDLE_MS = 5_000 + 2_500;

export function describeFollowing(open: () => Promise<OpenedLog>): void {
  describe('following', () => {
    const test = eachLog(open);

    it(
      'sees what is there and what comes, from the beginning and from a place',
      async () => {
        const { log } = test.opened;
        const chain = new Chain();
        const writer = await log.openWriter(2);
        const early = chain.many(5, 'early');
        const places = await appendTo(writer, early);
        const all = new Follower(log, 2);
        const some = new Follower(log, 2, at(places, 2));
        await all.seen(5);
        await some.seen(2);
        const late = [chain.many(3, 'late'), chain.many(1, 'later')];
        for (const batch of late) await writer.append(batch);
        expect(texts(await all.seen(9))).toEqual(texts([...early, ...late.flat()]));
        expect(texts(await some.seen(6))).toEqual(texts([...early.slice(3), ...late.flat()]));
        await all.stop();
        await some.stop();
      },
      PATIENCE_MS,
    );

    it(
      'goes on from the last event when it is opened at the end',
      async () => {
        const { log } = test.opened;
        const chain = new Chain();
        const writer = await log.openWriter(2);
        const places = await appendTo(writer, chain.many(5));
        const follower = new Follower(log, 2, at(places, -1));
        await until(() => follower.ends.length > 0, 'the end was read');
        expect(follower.events).toEqual([]);
        const next = chain.one('next');
        await writer.append([next]);
        expect(texts(await follower.seen(1))).toEqual(texts([next]));
        await follower.stop();
      },
      PATIENCE_MS,
    );

    it(
      'serves several followers of several partitions, each in order',
      async () => {
        const { log } = test.opened;
        const chains = [new Chain(), new Chain(), new Chain()];
        const writers = await Promise.all(chains.map((_, p) => log.openWriter(p)));
        const followers = chains.flatMap((_, p) => [new Follower(log, p), new Follower(log, p)]);
        const rounds = 20;
        for (let round = 0; round < rounds; round++)
          for (const [p, chain] of chains.entries()) await at(writers, p).append(chain.many(2));
        for (const [i, follower] of followers.entries())
          expect(texts(await follower.seen(2 * rounds))).toEqual(texts(await readAll(log, i >> 1)));
        for (const follower of followers) await follower.stop();
      },
      PATIENCE_MS,
    );

    it(
      'loses and doubles nothing while a slow consumer is overtaken',
      async () => {
        const { log } = test.opened;
        const chain = new Chain();
        const writer = await log.openWriter(0);
        const abort = new AbortController();
        const seen: string[] = [];
        await writer.append(chain.many(1));
        for await (const { events } of log.follow(0, 'beginning', {
          batchSize: 3,
          signal: abort.signal,
        })) {
          seen.push(...texts(events));
          if (seen.length < 40) await writer.append(chain.many(2));
          else if (seen.length === (await readAll(log, 0)).length) abort.abort();
        }
        expect(seen).toEqual(texts(await readAll(log, 0)));
      },
      PATIENCE_MS,
    );

    it(
      'says every few seconds that it is still at the end',
      async () => {
        const { log } = test.opened;
        await (await log.openWriter(0)).append(new Chain().many(2));
        const abort = new AbortController();
        const batches: LogBatch[] = [];
        for await (const batch of log.follow(0, 'beginning', { signal: abort.signal })) {
          batches.push(batch);
          const last = batches.slice(-2);
          if (last.length === 2 && last.every(({ atEnd }) => atEnd)) abort.abort();
        }
        const [before, idle] = batches.slice(-2);
        expect(idle?.events).toEqual([]);
        expect((idle?.readAt ?? 0) - (before?.readAt ?? 0)).toBeLessThan(IDLE_MS);
        expect(idle?.readAt).toBeGreaterThan(before?.readAt ?? 0);
      },
      PATIENCE_MS,
    );

    it(
      'ends without an error when aborted: before, while idle, while events come',
      async () => {
        const { log } = test.opened;
        const chain = new Chain();
        const writer = await log.openWriter(0);
        await writer.append(chain.many(10));

        const before: LogBatch[] = [];
        for await (const batch of log.follow(0, 'beginning', { signal: AbortSignal.abort() }))
          before.push(batch);
        expect(before).toEqual([]);

        const idle = new Follower(log, 0);
        await until(() => idle.ends.length > 0, 'the end was read');
        const aborted = performance.now();
        await idle.stop();
        expect(performance.now() - aborted).toBeLessThan(4_000);
        await writer.append(chain.many(1));
        expect(idle.events).toHaveLength(10);

        const busy = new AbortController();
        let batches = 0;
        for await (const { events } of log.follow(0, 'beginning', {
          batchSize: 1,
          signal: busy.signal,
        })) {
          expect(events.length).toBeLessThanOrEqual(1);
          if (++batches === 3) busy.abort();
        }
        expect(batches).toBe(3);
      },
      PATIENCE_MS,
    );

    it(
      'may be left by its consumer, and others go on',
      async () => {
        const { log } = test.opened;
        const chain = new Chain();
        const writer = await log.openWriter(0);
        await writer.append(chain.many(3));
        for await (const { atEnd } of log.follow(0, 'beginning')) if (atEnd) break;
        const follower = new Follower(log, 0);
        await writer.append(chain.many(3));
        await follower.seen(6);
        await follower.stop();
      },
      PATIENCE_MS,
    );

    it(
      'goes on from a remembered place after closing and opening',
      async () => {
        const { log, reopen } = test.opened;
        const chain = new Chain();
        const places = await appendTo(await log.openWriter(6), chain.many(4));
        const left = new Follower(log, 6);
        await left.seen(4);
        const again = await reopen();
        expect(await codeOf(left.ended)).toBe('closed');
        const follower = new Follower(again, 6, at(places, 1));
        await follower.seen(2);
        const next = new Chain(chain.hash).one('next');
        await (await again.openWriter(6)).append([next]);
        expect(texts((await follower.seen(3)).slice(2))).toEqual(texts([next]));
        await follower.stop();
      },
      PATIENCE_MS,
    );
  });
}
