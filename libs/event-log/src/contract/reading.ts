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
  type OpenedLog,
} from './fixture.js';

export function describeReading(open: () => Promise<OpenedLog>): void {
  describe('reading', () => {
    const test = eachLog(open);

    it(
      'gives one empty batch, the end, of an empty partition',
      async () => {
        const before = Date.now();
        const batches: LogBatch[] = [];
        for await (const batch of test.opened.log.read(4, 'beginning')) batches.push(batch);
        expect(batches.map(({ events, atEnd }) => ({ events, atEnd }))).toEqual([
          { events: [], atEnd: true },
        ]);
        expect(at(batches, 0).readAt).toBeGreaterThanOrEqual(before);
        expect(at(batches, 0).readAt).toBeLessThanOrEqual(Date.now());
        expect(await test.opened.log.ends()).toEqual(
          Array.from({ length: test.opened.log.partitions }, () => null),
        );
      },
      PATIENCE_MS,
    );

    it(
      'reads in batches no larger than asked, from the beginning and from any place',
      async () => {
        const { log } = test.opened;
        const written = new Chain().many(25);
        const places = await appendTo(await log.openWriter(0), written);
        const sizes: number[] = [];
        for await (const { events } of log.read(0, 'beginning', { batchSize: 10 }))
          sizes.push(events.length);
        expect(Math.max(...sizes)).toBeLessThanOrEqual(10);
        expect(sizes.reduce((a, b) => a + b)).toBe(25);
        for (const [i, place] of places.entries())
          expect(texts(await readAll(log, 0, place, 7))).toEqual(texts(written.slice(i + 1)));
      },
      PATIENCE_MS,
    );

    it(
      'gives bytes that stay as they are while others are read and written',
      async () => {
        const { log } = test.opened;
        const chain = new Chain();
        const writer = await log.openWriter(0);
        const written = chain.many(50, 'early');
        await writer.append(written);
        const events = await readAll(log, 0);
        for (let i = 0; i < 20; i++) await writer.append(chain.many(50, 'late'));
        await readAll(log, 0);
        expect(texts(events)).toEqual(texts(written));
      },
      PATIENCE_MS,
    );

    it(
      'ends when aborted',
      async () => {
        const { log } = test.opened;
        await (await log.openWriter(0)).append(new Chain().many(20));
        const abort = new AbortController();
        let events = 0;
        const options = { batchSize: 5, signal: abort.signal };
        for await (const batch of log.read(0, 'beginning', options)) {
          events += batch.events.length;
          abort.abort();
        }
        expect(events).toBeLessThanOrEqual(5);
      },
      PATIENCE_MS,
    );

    describe('from a place that is not there', () => {
      it(
        'refuses another hash, an offset without event, and an empty partition',
        async () => {
          const { log } = test.opened;
          const written = new Chain().many(5);
          const places = await appendTo(await log.openWriter(0), written);
          const [, second, third] = places;
          if (!second || !third) throw new Error('five places were expected');
          const beyond = String(Number(at(places, -1).offset) + 1_000);
          const lost = [
            { offset: second.offset, hash: third.hash },
            { offset: beyond, hash: third.hash },
            { offset: beyond, hash: at(places, -1).hash },
            { offset: 'x', hash: third.hash },
          ];
          for (const place of lost) {
            expect(await codeOf(readAll(log, 0, place))).toBe('place-lost');
            expect(await codeOf(new Follower(log, 0, place).ended)).toBe('place-lost');
          }
          expect(await codeOf(readAll(log, 1, second))).toBe('place-lost');
          await expect(readAll(log, 0, at(lost, 0))).rejects.toThrow(/partition 0.*not there/);
        },
        PATIENCE_MS,
      );

      it(
        'refuses an event after it that continues another one',
        async () => {
          const { log } = test.opened;
          const chain = new Chain();
          const writer = await log.openWriter(0);
          const places = await appendTo(writer, chain.many(2));
          const good = chain.one();
          const forged = new Chain('e'.repeat(64)).one();
          // the writer is told the right link, the bytes say another
          await writer.append([{ ...good, bytes: forged.bytes }]);
          expect(await codeOf(readAll(log, 0, at(places, 1)))).toBe('place-lost');
          expect(await codeOf(new Follower(log, 0, at(places, 1)).ended)).toBe('place-lost');
          expect(await readAll(log, 0, at(places, 0))).toHaveLength(2);
        },
        PATIENCE_MS,
      );
    });
  });
}
