import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { KINDS } from '#libs/domain';
import { Problem } from '#libs/platform';
import {
  arbitraryHistory,
  arbitraryMoment,
  command,
  event,
  type History,
  type HistoryStep,
  INCIDENT_POOL,
} from '#libs/testing';
import fc from 'fast-check';
import { type Filter, GROUPS, type GroupBy, STATUSES } from './filters.js';
import { getIncident } from './incident.js';
import { inForce, standingAt } from './in-force.js';
import { listIncidents } from './incidents.js';
import { readForm } from './read-form.js';
import { LedgerFixture, type Placed, type ToAppend } from './testing/ledger-fixture.js';
import {
  groupKeys,
  matches,
  type Moment,
  type Seen,
  seenIncidents,
  sumsOf,
} from './testing/reference.js';
import { stats } from './stats.js';

/** Later than everything in the histories, so that no moment lies in the future. */
const NOW = Date.parse('2030-01-01T00:00:00Z');

let ledger: LedgerFixture;
beforeAll(async () => {
  ledger = await LedgerFixture.create();
}, 60_000);
afterAll(async () => {
  await ledger.close();
});

function toAppend(history: History): ToAppend[] {
  return history.steps.flatMap((step, i) =>
    step.events.map(({ incidentId, ...event }) => ({
      ...event,
      subject: incidentId,
      causation: `step ${String(i)}`,
    })),
  );
}

/** Moments that matter to the history (just at, before and after its events), and others. */
function arbitraryMoments(history: History): fc.Arbitrary<Moment> {
  const times = history.events.map((e) => Date.parse(e.time));
  const reports = history.events.map((e) => Date.parse(e.event.data.reportedAt));
  const near = (values: number[]) =>
    fc.oneof(
      { weight: 3, arbitrary: fc.tuple(fc.constantFrom(...values), fc.constantFrom(-1, 0, 1)) },
      { weight: 1, arbitrary: arbitraryMoment.map((m) => [Date.parse(m), 0] as const) },
    );
  const at = (values: number[]) => near(values).map(([value, by]) => value + by);
  return fc.record({ asOf: at(times), knownAt: at(reports) }, { requiredKeys: [] });
}

const arbitraryFilter: fc.Arbitrary<Filter> = fc.record(
  {
    kind: fc.subarray([...KINDS], { minLength: 1 }),
    status: fc.subarray([...STATUSES], { minLength: 1 }),
    country: fc.subarray(['UA', 'RU', 'Yemen (North Yemen)'], { minLength: 1 }),
    region: fc.subarray(['ua-30', 'KYIV', 'odeska oblast', 'UA-14'], { minLength: 1 }),
    source: fc.subarray(['Air force', 'Ministry', 'UCDP'], { minLength: 1 }),
    dataset: fc.constantFrom(['events'], ['other'], ['events', 'other']),
    disputed: fc.boolean(),
    from: arbitraryMoment.map((m) => Date.parse(m)),
    to: arbitraryMoment.map((m) => Date.parse(m) + 86_399_999),
    bbox: fc.constantFrom(
      { w: -180, s: -90, e: 180, n: 90 },
      { w: 0, s: 0, e: 90, n: 90 },
      { w: 90, s: -90, e: -90, n: 90 },
    ),
  },
  { requiredKeys: [] },
);
/** Mostly few conditions, else nothing would ever match. */
const arbitraryLooseFilter = fc
  .tuple(arbitraryFilter, fc.subarray(['kind', 'status', 'from', 'bbox', 'dataset', 'source']))
  .map(([filter, keys]) =>
    Object.fromEntries(Object.entries(filter).filter(([key]) => !keys.includes(key))),
  );

/**
 * Adds merges that cross: each is decided on a stream that does not know of the others, so together
 * they close a cycle, which a single recorder's histories never do.
 */
function withCrossing(history: History, ring: readonly number[], gap: number): History {
  const streams = ring
    .map((n) => INCIDENT_POOL[n] ?? '')
    .filter((id) =>
      ['open', 'ended', 'retracted'].includes(history.states[id]?.state.status ?? ''),
    );
  let clock = Date.parse(history.events.at(-1)?.time ?? '');
  const steps =
    streams.length < 2
      ? []
      : streams.map((incidentId, i): HistoryStep => {
          clock += gap;
          const into = streams[(i + 1) % streams.length] ?? '';
          const time = new Date(clock).toISOString();
          const data = {
            into,
            reason: 'the same',
            reportedAt: history.events[i]?.event.data.reportedAt ?? time,
          };
          const version = (history.states[incidentId]?.version ?? 0) + 1;
          const events = [{ incidentId, version, time, event: event('incident.merged', data) }];
          return { incidentId, command: command('merge', data), time, events };
        });
  return {
    ...history,
    steps: [...history.steps, ...steps],
    events: [...history.events, ...steps.flatMap((s) => s.events)],
  };
}

async function loaded(history: History): Promise<Placed[]> {
  return ledger.load(toAppend(history));
}

async function itemOrNull(id: string, moment: Moment) {
  try {
    const { final: _, ...form } = await getIncident(ledger.pool, id, moment, NOW);
    return form;
  } catch (error) {
    if (error instanceof Problem && error.status === 404) return null;
    throw error;
  }
}

const formOf = (seen: Seen) => readForm(seen.state, seen.standing, seen.merge);
const byId = (a: { id: string }, b: { id: string }): number => (a.id < b.id ? -1 : 1);

async function checkStats(shown: Seen[], filter: Filter, moment: Moment, groupBy: GroupBy[]) {
  const answer = await stats(ledger.pool, { ...filter, ...moment, groupBy }, NOW);
  expect(answer.total).toEqual(sumsOf(shown));
  const datasets = new Set(shown.flatMap(({ state }) => Object.keys(state.rows)));
  expect(answer.datasets).toEqual([...datasets].sort());
  const groups = new Map<string, Seen[]>();
  for (const seen of shown) {
    const [first, second] = groupBy;
    for (const a of first ? groupKeys(first, seen) : [])
      for (const b of second ? groupKeys(second, seen) : ['']) {
        const key = JSON.stringify(
          second && first ? { [first]: a, [second]: b } : { [first ?? '']: a },
        );
        groups.set(key, [...(groups.get(key) ?? []), seen]);
      }
  }
  const got = new Map(answer.groups.map(({ key, ...sums }) => [JSON.stringify(key), sums]));
  const wanted = new Map([...groups].map(([key, members]) => [key, sumsOf(members)]));
  expect(got).toEqual(wanted);
}

async function checkList(shown: Seen[], filter: Filter, moment: Moment, limit: number) {
  const items = [];
  const query = { ...filter, ...moment, sort: 'recorded' as const, limit };
  let cursor: string | undefined;
  do {
    const page = await listIncidents(ledger.pool, { ...query, cursor }, NOW);
    items.push(...page.items);
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
  const times = items.map((i) => i.lastRecordedAt);
  expect(times).toEqual([...times].sort());
  expect(items.sort(byId)).toEqual(shown.map(formOf).sort(byId));
}

async function checkInForce(all: Iterable<Seen>, moment: Moment, at: number) {
  const answer = await inForce(ledger.pool, { ...moment, at }, NOW);
  const lasting = [...all].filter(
    (s) =>
      ['air_alert', 'blackout', 'displacement'].includes(s.state.kind) &&
      s.standing.status !== 'retracted' &&
      s.merge.into === undefined,
  );
  const ids = (verdict: (v: ReturnType<typeof standingAt>) => boolean): string[] =>
    lasting
      .filter((s) => verdict(standingAt(at, s.state)))
      .map((s) => s.id)
      .sort();
  const given = (items: { incidentId: string }[]): string[] =>
    items.map((i) => i.incidentId).sort();
  expect(given(answer.inForce)).toEqual(ids((v) => typeof v === 'object'));
  expect(given(answer.endUnknown)).toEqual(ids((v) => v === 'end-unknown'));
}

describe('any history, at any point of both axes', () => {
  it('is answered as the log alone answers it', async () => {
    await fc.assert(
      fc.asyncProperty(
        arbitraryHistory({ maxCommands: 60 }),
        fc.shuffledSubarray([0, 1, 2, 3]),
        fc.constantFrom(0, 1, 3_600_000),
        fc.nat(),
        async (recorded, ring, gap, seed) => {
          fc.pre(recorded.events.length > 0);
          const history = withCrossing(recorded, ring, gap);
          const placed = await loaded(history);
          const questions = fc.sample(
            fc.record({
              moment: arbitraryMoments(history),
              filter: arbitraryLooseFilter,
              groupBy: fc.subarray([...GROUPS], { maxLength: 2 }),
              limit: fc.integer({ min: 1, max: 3 }),
              at: arbitraryMoment,
            }),
            { numRuns: 10, seed },
          );
          for (const { moment, filter, groupBy, limit, at } of questions) {
            const seen = seenIncidents(history, placed, moment);
            for (const id of INCIDENT_POOL) {
              const wanted = seen.get(id);
              expect(await itemOrNull(id, moment)).toEqual(wanted ? formOf(wanted) : null);
            }
            const shown = [...seen.values()].filter((s) => matches(s, filter));
            await checkStats(shown, filter, moment, groupBy);
            await checkList(shown, filter, moment, limit);
            await checkInForce(seen.values(), moment, Date.parse(at));
          }
        },
      ),
      { numRuns: 20, endOnFailure: true },
    );
  }, 120_000);
});
