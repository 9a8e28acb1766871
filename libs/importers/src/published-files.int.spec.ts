import { expect, it } from '@jest/globals';
import type { ImportRow, IncidentState, Recorded } from '#libs/domain';
import { casualtySummary, decide, evolve, importOutcome, initialState } from '#libs/domain';
import { describeWhen } from '#libs/testing';
import { airRaidSirens } from './air-raid-sirens/index.js';
import type { ImportFile, ReadRow, RowFormat } from './format.js';
import { MISSING_DATA, published } from './testing/files.js';
import { ucdpGed } from './ucdp-ged/index.js';

const GED_2018 = published('ucdp/ged_ukraine_thru2018.csv');
const GED_2019 = published('ucdp/ged_ukraine_thru2019.csv');
const GED_231 = published('ucdp/ged231_sample_1000.csv');
const GED_14 = published('ucdp/ged_global_14col_176k.csv.gz');
const SIRENS = published('air-raid-sirens/official_data_en.csv.gz');

const there = (...files: (ImportFile | undefined)[]): string | undefined =>
  files.every((f) => f !== undefined) ? undefined : MISSING_DATA;

async function* rowsOf(format: RowFormat, file: ImportFile | undefined): AsyncGenerator<ReadRow> {
  if (!file) throw new Error('the file is not here');
  for await (const item of format.read(file, { reportedAt: '2020-06-01' })) {
    if (item.kind === 'reject') throw new Error(JSON.stringify(item));
    yield item.row;
  }
}

const NOW = { now: '2026-01-01T00:00:00.000Z' };

/** A ledger of one dataset: what its writer would keep, by external id. */
class Ledger {
  readonly states = new Map<string, IncidentState>();

  /** Imports an edition by the domain's rules; gives what the rows came to. */
  async import(edition: string, format: RowFormat, file: ImportFile | undefined, scope?: string) {
    const counts = {
      created: 0,
      revised: 0,
      unchanged: 0,
      extended: 0,
      reappeared: 0,
      vanished: 0,
    };
    const revised: Record<string, string[]> = {};
    for await (const row of rowsOf(format, file)) {
      const data: ImportRow = {
        ...row,
        dataset: 'made',
        ...(scope !== undefined && { scope }),
        edition,
        importId: '0192f0c0-0000-7000-8000-000000000000',
        reportedAt: '2020-06-01',
      };
      const state = this.states.get(row.externalId) ?? initialState;
      const decision = decide(state, { command: 'import-row', data }, NOW, row.externalId);
      if (!decision.ok) throw new Error(`${row.externalId}: ${decision.rejection.message}`);
      this.states.set(row.externalId, decision.events.reduce(evolve, state));
      const { outcome, extended, fields } = importOutcome(decision.events);
      counts[outcome]++;
      if (extended) counts.extended++;
      if (outcome === 'revised') revised[row.externalId] = fields;
    }
    return { counts, revised };
  }

  recorded(): Recorded[] {
    return [...this.states.values()].filter((s): s is Recorded => s.status !== 'absent');
  }
}

/** Sums of low, best and high: as stated, and by the smallest-and-largest rule. */
function sums(states: readonly Recorded[]) {
  const stated = [0, 0, 0];
  const ruled = [0, 0];
  let inconsistent = 0;
  for (const state of states) {
    const [claim] = state.claims;
    if (claim?.asserts !== 'casualties') throw new Error('no claim');
    for (const [i, n] of [claim.low, claim.best, claim.high].entries())
      stated[i] = (stated[i] ?? 0) + (n ?? 0);
    if (claim.inconsistent) inconsistent++;
    const all = casualtySummary(state).figures.killed?.all;
    ruled[0] = (ruled[0] ?? 0) + (all?.low ?? 0);
    ruled[1] = (ruled[1] ?? 0) + (all?.high ?? 0);
  }
  return { stated, ruled, inconsistent };
}

function bestByYear(states: readonly Recorded[]): Record<string, number> {
  const years: Record<string, number> = {};
  for (const state of states) {
    const year = state.occurred.start?.slice(0, 4) ?? '';
    years[year] = (years[year] ?? 0) + (casualtySummary(state).figures.killed?.all?.best ?? 0);
  }
  return years;
}

describeWhen(there(GED_2018, GED_2019), 'UCDP GED, two releases for Ukraine', () => {
  it('come out as counted independently', async () => {
    const ledger = new Ledger();
    const first = await ledger.import('2018', ucdpGed, GED_2018, 'UA');
    expect(first.counts).toMatchObject({ created: 993, revised: 0, unchanged: 0 });
    expect(sums(ledger.recorded())).toEqual({
      stated: [6088, 6632, 7481],
      ruled: [6075, 7690],
      inconsistent: 18,
    });
    expect(bestByYear(ledger.recorded())).toEqual({
      2014: 4423,
      2015: 1314,
      2016: 252,
      2017: 409,
      2018: 234,
    });
    const again = await ledger.import('2018', ucdpGed, GED_2018, 'UA');
    expect(again.counts).toMatchObject({ created: 0, unchanged: 993, extended: 0 });

    const next = await ledger.import('2019', ucdpGed, GED_2019, 'UA');
    expect(next.counts).toMatchObject({ created: 174, revised: 3, unchanged: 990, extended: 990 });
    expect(Object.keys(next.revised).sort()).toEqual(['156835', '239008', '257655']);
    expect(next.revised['156835']).toEqual(
      expect.arrayContaining(['location.point', 'location.regionName', 'location.districtName']),
    );
    expect(next.revised['239008']).toEqual(['original.event_clarity']);
    expect(next.revised['257655']).toEqual(['original.deaths_b', 'original.deaths_unknown']);
    expect(sums(ledger.recorded())).toEqual({
      stated: [6246, 6875, 7728],
      ruled: [6232, 7938],
      inconsistent: 19,
    });
    expect(bestByYear(ledger.recorded())).toMatchObject({ 2018: 243, 2019: 234 });
    const nextAgain = await ledger.import('2019', ucdpGed, GED_2019, 'UA');
    expect(nextAgain.counts).toMatchObject({ unchanged: 1167, extended: 0 });
  });
});

describeWhen(there(GED_2019, GED_231), 'UCDP GED 23.1, a thousand rows', () => {
  it('comes out as counted, and leaves the five rows it shares as they are', async () => {
    const alone = new Ledger();
    const { counts } = await alone.import('23.1', ucdpGed, GED_231);
    expect(counts.created).toBe(1000);
    expect(sums(alone.recorded())).toMatchObject({ stated: [6224, 9561, 22017], inconsistent: 13 });

    const ledger = new Ledger();
    await ledger.import('2019', ucdpGed, GED_2019, 'UA');
    const after = await ledger.import('23.1', ucdpGed, GED_231);
    expect(after.counts).toMatchObject({ created: 995, revised: 0, unchanged: 5 });
  });
});

describeWhen(there(GED_14), 'UCDP GED 21.1, the extract of 14 columns', () => {
  it('comes out as counted', async () => {
    const countries = new Map<string, number>();
    let best = 0;
    const ids = new Set<string>();
    for await (const { record, externalId } of rowsOf(ucdpGed, GED_14)) {
      ids.add(externalId);
      const country = record.location.country ?? '';
      countries.set(country, (countries.get(country) ?? 0) + 1);
      const [claim] = record.claims;
      if (claim?.asserts === 'casualties') best += claim.best ?? 0;
    }
    expect(best).toBe(1_797_771);
    expect(Object.fromEntries(countries)).toMatchObject({
      SY: 64_794,
      AF: 16_038,
      IN: 9354,
      UA: 747,
    });
    expect([...countries.keys()].filter((c) => c.length !== 2)).toEqual([]);
    expect(ids.size).toBe(176_579);
  }, 180_000);
});

describeWhen(there(SIRENS), 'air-raid sirens of Ukraine', () => {
  it('come out as counted', async () => {
    const levels = new Map<string, number>();
    const ids = new Set<string>();
    const notes: string[] = [];
    const inForce = { first: [0, 0], second: [0, 0] };
    const at = { first: Date.parse('2023-05-28T01:00Z'), second: Date.parse('2024-04-11T02:00Z') };
    for await (const { record, externalId } of rowsOf(airRaidSirens, SIRENS)) {
      ids.add(externalId);
      const { location, occurred, description } = record;
      levels.set(location.precision, (levels.get(location.precision) ?? 0) + 1);
      if (location.region === undefined) throw new Error(`no code: ${externalId}`);
      if (description !== undefined) notes.push(externalId);
      const [start, end] = [Date.parse(occurred.start ?? ''), Date.parse(occurred.end ?? '')];
      for (const when of ['first', 'second'] as const)
        if (start <= at[when] && at[when] < end) {
          const place = location.precision === 'region' ? 0 : 1;
          inForce[when][place] = (inForce[when][place] ?? 0) + 1;
        }
    }
    expect(ids.size).toBe(43_031);
    expect(Object.fromEntries(levels)).toEqual({ region: 36_537, community: 5597, district: 897 });
    expect(inForce).toEqual({ first: [15, 1], second: [24, 4] });
    expect(notes).toEqual([
      '["poltavska oblast","lubenskyi raion","hrebinkivska terytorialna hromada","2022-03-15T16:46:43Z"]',
    ]);
  }, 180_000);
});
