import { describe, expect, it } from '@jest/globals';
import { bulk, get, linesOf } from '../support/http.js';
import type { RunningService } from '../support/service.js';
import { ABSENT, REPORT } from './fixtures.js';

/** Many commands in one request, on a service that another suite runs. */
export function describeBulk(running: () => RunningService): void {
  const url = (): string => running().url;

  describe('bulk', () => {
    const line = (n: number, data: object = REPORT): object => ({
      command: 'report',
      idempotencyKey: `bulk/${String(n)}`,
      data,
    });

    it('answers every line in order; a bad one has its own problem', async () => {
      const answers = await bulk(url(), [
        line(1),
        'this is no JSON',
        line(2, { ...REPORT, kind: 'war' }),
        { command: 'dance', idempotencyKey: 'x', data: {} },
        { command: 'end', incidentId: ABSENT, idempotencyKey: 'y', data: { end: '2024-11-12' } },
        line(3),
        line(1),
      ]);
      expect(answers.map((a) => [a.line, a.status])).toEqual([
        ...[
          [1, 201],
          [2, 400],
          [3, 400],
          [4, 400],
          [5, 404],
          [6, 201],
          [7, 201],
        ],
      ]);
      expect(answers[2]?.problem?.errors?.[0]?.path).toBe('data.kind');
      expect(answers[6]?.receipt).toEqual({ ...answers[0]?.receipt, replayed: true });
    });

    it('keeps the order of lines about one incident', async () => {
      const id = '6b1d7c7e-0c52-4b0e-9d5c-2f3f0d0b9a11';
      const answers = await bulk(url(), [
        { command: 'report', incidentId: id, idempotencyKey: 'a', data: REPORT },
        ...Array.from({ length: 50 }, (_, i) => ({
          command: 'revise',
          incidentId: id,
          idempotencyKey: `r${String(i)}`,
          expectedVersion: i + 1,
          data: { title: `Title ${String(i)}`, reason: 'counting' },
        })),
      ]);
      expect(answers.map((a) => a.receipt?.version)).toEqual(
        Array.from({ length: 51 }, (_, i) => i + 1),
      );
    });

    it('dryRun decides and writes nothing', async () => {
      const [answer] = await bulk(url(), [line(100)], '?dryRun=true');
      expect(answer).toMatchObject({ status: 201, receipt: { version: 1 } });
      const { status } = await get(`${url()}/v1/incidents/${answer?.receipt?.incidentId ?? ''}`);
      expect(status).toBe(404);
    });

    it('a line that is too long is refused, the next one is not', async () => {
      const answers = await bulk(url(), ['x'.repeat(5 << 20), line(101)]);
      expect(answers.map((a) => [a.line, a.status])).toEqual([
        [1, 413],
        [2, 201],
      ]);
    });

    it('goes on when a client hangs up', async () => {
      const hangUp = new AbortController();
      const text = Array.from({ length: 3_000 }, (_, i) => JSON.stringify(line(1_000 + i)));
      const response = await fetch(`${url()}/v1/commands`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/x-ndjson' },
        body: text.join('\n'),
        signal: hangUp.signal,
      });
      await response.body?.getReader().read();
      hangUp.abort();
      const answers = await bulk(url(), [line(1_000)]);
      expect(answers[0]).toMatchObject({ status: 201, receipt: { replayed: true } });
    });

    it('lists nothing for a dataset that is not there', async () => {
      const answer = await get<string>(`${url()}/v1/datasets/none/listed?scope=UA`);
      expect(answer.status).toBe(200);
      expect(linesOf(answer.body)).toEqual([]);
    });
  });
}
