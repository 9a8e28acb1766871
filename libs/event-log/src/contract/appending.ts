import { describe, expect, it } from '@jest/globals';
import { LogError } from '../port.js';
import { Chain, at, brokenAt } from './chain.js';
import {
  appendTo,
  codeOf,
  eachLog,
  PATIENCE_MS,
  readAll,
  texts,
  type OpenedLog,
} from './fixture.js';

export function describeAppending(open: () => Promise<OpenedLog>): void {
  describe('appending', () => {
    const test = eachLog(open);

    it(
      'keeps order and bytes',
      async () => {
        const { log } = test.opened;
        const chain = new Chain();
        const batches = [
          chain.many(3),
          [chain.one('Київ 🕯 \u2028 \u0001 "quoted" \\ \n')],
          chain.many(2),
        ];
        const writer = await log.openWriter(5);
        for (const batch of batches) await writer.append(batch);
        const events = await readAll(log, 5);
        expect(texts(events)).toEqual(texts(batches.flat()));
        expect(events.every(({ partition }) => partition === 5)).toBe(true);
        expect(brokenAt(events)).toBe(-1);
      },
      PATIENCE_MS,
    );

    it(
      'gives each event an offset that grows, and tells the head',
      async () => {
        const { log } = test.opened;
        const writer = await log.openWriter(0);
        expect(writer.partition).toBe(0);
        expect(writer.head).toBeNull();
        const chain = new Chain();
        const places = await appendTo(writer, chain.many(3));
        expect(writer.head).toEqual(at(places, -1));
        places.push(...(await appendTo(writer, chain.many(2))));
        expect(writer.head).toEqual(at(places, -1));
        const offsets = places.map(({ offset }) => offset);
        expect((await readAll(log, 0)).map(({ offset }) => offset)).toEqual(offsets);
        expect(offsets.every((offset) => /^\d+$/.test(offset))).toBe(true);
        expect([...offsets].sort((a, b) => Number(a) - Number(b))).toEqual(offsets);
        expect(new Set(offsets).size).toBe(5);
      },
      PATIENCE_MS,
    );

    it(
      'writes nothing for an empty batch',
      async () => {
        const { log } = test.opened;
        const writer = await log.openWriter(0);
        expect(await writer.append([])).toEqual([]);
        expect(writer.head).toBeNull();
        await writer.append([new Chain().one()]);
        expect(await readAll(log, 0)).toHaveLength(1);
      },
      PATIENCE_MS,
    );

    it(
      'refuses a batch that does not continue the head, and writes nothing of it',
      async () => {
        const { log } = test.opened;
        const stranger = new Chain('f'.repeat(64));
        const refused = await log.openWriter(0);
        expect(await codeOf(refused.append(stranger.many(2)))).toBe('broken-chain');
        expect(await codeOf(refused.append([new Chain().one()]))).not.toBe('no error');

        const chain = new Chain();
        const writer = await log.openWriter(0);
        const first = chain.many(2);
        await writer.append(first);
        const [one, , three] = chain.many(3);
        expect(await codeOf(writer.append([one, three].filter((r) => r !== undefined)))).toBe(
          'broken-chain',
        );
        expect(texts(await readAll(log, 0))).toEqual(texts(first));
        const next = await log.openWriter(0);
        expect(next.head?.hash).toBe(at(first, -1).hash);
        await next.append([new Chain(at(first, -1).hash).one('on')]);
        expect(brokenAt(await readAll(log, 0))).toBe(-1);
      },
      PATIENCE_MS,
    );

    it(
      'fences an earlier writer, of whose batch nothing is read, and the new one goes on',
      async () => {
        const { log } = test.opened;
        const chain = new Chain();
        const written = chain.many(2, 'both');
        const earlier = await log.openWriter(3);
        await earlier.append(written);
        const later = await log.openWriter(3);
        expect(later.head).toEqual(earlier.head);
        const lost = earlier.append(new Chain(chain.hash).many(2, 'zombie'));
        await expect(lost).rejects.toBeInstanceOf(LogError);
        expect(await codeOf(lost)).toBe('fenced');
        expect(await codeOf(earlier.append([]))).not.toBe('no error');
        const more = chain.many(2, 'later');
        await later.append(more);
        expect(texts(await readAll(log, 3))).toEqual(texts([...written, ...more]));
        await earlier.close();
        await later.append([chain.one('last')]);
        expect(await readAll(log, 3)).toHaveLength(5);
      },
      PATIENCE_MS,
    );

    it(
      'lets an append and a new writer race: what was acknowledged is in the new head',
      async () => {
        const { log } = test.opened;
        for (let round = 0; round < 5; round++) {
          const earlier = await log.openWriter(1);
          const chain = new Chain(earlier.head?.hash);
          const before = (await readAll(log, 1)).length;
          const [appended, opened] = await Promise.allSettled([
            earlier.append(chain.many(10)),
            log.openWriter(1),
          ]);
          if (opened.status === 'rejected') throw opened.reason;
          const events = await readAll(log, 1);
          expect(events).toHaveLength(before + (appended.status === 'fulfilled' ? 10 : 0));
          expect(opened.value.head).toEqual((await log.ends())[1]);
          await opened.value.append([new Chain(opened.value.head?.hash).one()]);
          expect(brokenAt(await readAll(log, 1))).toBe(-1);
        }
      },
      PATIENCE_MS,
    );

    it(
      'keeps partitions apart',
      async () => {
        const { log } = test.opened;
        const chains = Array.from({ length: log.partitions }, () => new Chain());
        const writers = await Promise.all(chains.map((_, p) => log.openWriter(p)));
        const written = chains.map((chain, p) => chain.many(p, `partition ${String(p)}`));
        await Promise.all(writers.map((writer, p) => writer.append(at(written, p))));
        for (const p of chains.keys())
          expect(texts(await readAll(log, p))).toEqual(texts(at(written, p)));
        const ends = await log.ends();
        expect(ends.map((end) => end?.hash)).toEqual(written.map((batch) => batch.at(-1)?.hash));
        expect(ends).toEqual(writers.map(({ head }) => head));
        expect(ends[0]).toBeNull();
      },
      PATIENCE_MS,
    );

    it(
      'takes 1,000 events of 2 MiB in one batch, and an event of 1 MiB',
      async () => {
        const { log } = test.opened;
        const chain = new Chain();
        const many = chain.many(1_000, 'я'.repeat(1_000));
        const large = chain.one('x'.repeat(1024 * 1024 - 300));
        const writer = await log.openWriter(0);
        await writer.append(many);
        await writer.append([large]);
        const events = await readAll(log, 0);
        expect(events).toHaveLength(1_001);
        expect(texts(events)).toEqual(texts([...many, large]));
      },
      PATIENCE_MS,
    );

    it(
      'keeps everything over closing and opening',
      async () => {
        const { log, reopen } = test.opened;
        const chain = new Chain();
        const written = chain.many(20);
        const writer = await log.openWriter(7);
        await writer.append(written);
        const ends = await log.ends();
        const again = await reopen();
        expect(await again.ends()).toEqual(ends);
        expect(texts(await readAll(again, 7))).toEqual(texts(written));
        expect(await codeOf(writer.append([chain.one()]))).not.toBe('no error');
        const next = await again.openWriter(7);
        expect(next.head).toEqual(ends[7]);
        await next.append([new Chain(next.head?.hash).one()]);
        expect(brokenAt(await readAll(again, 7))).toBe(-1);
      },
      PATIENCE_MS,
    );

    it(
      'refuses appends on a closed writer, and everything on a closed log',
      async () => {
        const { log } = test.opened;
        const writer = await log.openWriter(0);
        await writer.close();
        await writer.close();
        expect(await codeOf(writer.append([new Chain().one()]))).toBe('closed');
        const open = await log.openWriter(1);
        await log.close();
        await log.close();
        expect(await codeOf(open.append([new Chain().one()]))).toBe('closed');
        expect(await codeOf(readAll(log, 0))).toBe('closed');
        expect(await codeOf(log.ends())).toBe('closed');
        expect(await codeOf(log.openWriter(0))).toBe('closed');
      },
      PATIENCE_MS,
    );
  });
}
