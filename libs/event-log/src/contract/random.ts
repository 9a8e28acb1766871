import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { EventLog, LogRecord, LogWriter } from '../port.js';
import { Chain, at, brokenAt } from './chain.js';
import { codeOf, PATIENCE_MS, readAll, texts, type OpenedLog } from './fixture.js';

/** Partitions that the random histories use. */
const USED = 3;

type Step =
  | { do: 'open'; partition: number }
  | { do: 'append'; partition: number; writer: number; texts: string[] }
  | { do: 'append-broken'; partition: number; writer: number }
  | { do: 'reopen' };

const partition = fc.nat({ max: USED - 1 });
/** Which of the partition's writers, counted from the latest. */
const writer = fc.oneof({ arbitrary: fc.constant(0), weight: 4 }, fc.nat({ max: 3 }));
const anyText = fc.string({ unit: 'binary', maxLength: 40 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { arbitrary: fc.record({ do: fc.constant('open' as const), partition }), weight: 3 },
  {
    arbitrary: fc.record({
      do: fc.constant('append' as const),
      partition,
      writer,
      texts: fc.array(anyText, { minLength: 1, maxLength: 5 }),
    }),
    weight: 10,
  },
  {
    arbitrary: fc.record({ do: fc.constant('append-broken' as const), partition, writer }),
    weight: 1,
  },
  { arbitrary: fc.record({ do: fc.constant('reopen' as const) }), weight: 1 },
);

/** What must be in the log: the acknowledged records; and who may still append. */
class Model {
  readonly written: LogRecord[][] = Array.from({ length: USED }, () => []);
  writers: LogWriter[][] = Array.from({ length: USED }, () => []);
  /** Writers that got a rejection. */
  readonly dead = new Set<LogWriter>();

  constructor(public log: EventLog) {}

  async run(todo: Step, reopen: () => Promise<EventLog>): Promise<void> {
    if (todo.do === 'reopen') {
      this.log = await reopen();
      this.writers = this.writers.map(() => []);
      return;
    }
    const writers = at(this.writers, todo.partition);
    const written = at(this.written, todo.partition);
    if (todo.do === 'open') {
      const opened = await this.log.openWriter(todo.partition);
      expect(opened.head?.hash).toBe(written.at(-1)?.hash);
      writers.unshift(opened);
      return;
    }
    const chosen = writers[todo.writer];
    if (!chosen) return;
    const broken = todo.do === 'append-broken';
    const chain = new Chain(broken ? 'd'.repeat(64) : chosen.head?.hash);
    const batch = broken ? chain.many(2) : todo.texts.map((text) => chain.one(text));
    if (!broken && todo.writer === 0 && !this.dead.has(chosen)) {
      await chosen.append(batch);
      written.push(...batch);
      return;
    }
    const code = await codeOf(chosen.append(batch));
    expect(code).not.toBe('no error');
    if (!this.dead.has(chosen)) expect(code).toBe(broken ? 'broken-chain' : 'fenced');
    this.dead.add(chosen);
  }

  async check(): Promise<void> {
    const ends = await this.log.ends();
    for (const [p, written] of this.written.entries()) {
      const events = await readAll(this.log, p);
      expect(texts(events)).toEqual(texts(written));
      expect(brokenAt(events)).toBe(-1);
      const last = events.at(-1);
      expect(ends[p]).toEqual(last ? { offset: last.offset, hash: written.at(-1)?.hash } : null);
    }
  }
}

export function describeRandomHistories(open: () => Promise<OpenedLog>, runs: number): void {
  describe('random histories', () => {
    it(
      'hold what was acknowledged, in order and in one chain, whoever wrote',
      async () => {
        await fc.assert(
          fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
            const opened = await open();
            try {
              const model = new Model(opened.log);
              for (const todo of steps) await model.run(todo, () => opened.reopen());
              await model.check();
            } finally {
              await opened.dispose();
            }
          }),
          { numRuns: runs },
        );
      },
      4 * PATIENCE_MS,
    );
  });
}
