import { describe, expect, it } from '@jest/globals';
import { Problem } from '#libs/platform';
import { parseQuery, querySchemas } from './filters.js';

const NOW = Date.parse('2024-11-12T08:00:00Z');
const schemas = querySchemas(() => NOW);
const DAY = 86_400_000;

function errorsOf(run: () => unknown): { path: string; message: string }[] {
  try {
    run();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    expect(error.status).toBe(400);
    expect(error.code).toBe('invalid-query');
    return [...error.errors];
  }
  throw new Error('the query was accepted');
}
const list = (raw: Record<string, unknown>) => parseQuery(schemas.list, raw);

describe('the query string of a list', () => {
  it('has defaults', () => {
    expect(list({})).toEqual({ limit: 100, sort: '-occurred' });
  });

  it('takes every filter, repeated ones as alternatives', () => {
    const query = list({
      kind: ['airstrike', 'blackout'],
      status: 'merged',
      country: 'ua',
      region: ['UA-30', 'kyiv'],
      source: 'UCDP',
      dataset: 'ucdp-ged',
      externalId: ['1', '2', '1'],
      disputed: 'true',
      from: '2024-11-10',
      to: '2024-11-10',
      bbox: '22,44,41,53',
      limit: '1000',
      sort: 'recorded',
      after: '3:1042,0:7',
    });
    expect(query).toMatchObject({
      kind: ['airstrike', 'blackout'],
      status: ['merged'],
      externalId: ['1', '2'],
      disputed: true,
      from: Date.parse('2024-11-10T00:00:00Z'),
      to: Date.parse('2024-11-10T23:59:59.999Z'),
      bbox: { w: 22, s: 44, e: 41, n: 53 },
      limit: 1000,
      after: [
        { partition: 3, offset: '1042' },
        { partition: 0, offset: '7' },
      ],
    });
  });

  it('reads a plain asOf and knownAt as the end of that UTC day, an instant as itself', () => {
    expect(list({ asOf: '2024-11-10' }).asOf).toBe(Date.parse('2024-11-11T00:00:00Z') - 1);
    expect(list({ knownAt: '2024-11-12' }).knownAt).toBe(Date.parse('2024-11-12') + DAY - 1);
    expect(list({ asOf: '2024-11-11T12:00:00+02:00' }).asOf).toBe(
      Date.parse('2024-11-11T10:00:00Z'),
    );
  });

  it.each([
    ['asOf', '2024-11-13', 'future'],
    ['asOf', '2024-11-12T08:00:00.001Z', 'future'],
    ['knownAt', '2030-01-01', 'future'],
    ['asOf', 'yesterday', 'ISO date'],
    ['asOf', '2024-02-31', 'ISO date'],
    ['asOf', '2024-11-11T12:00:00', 'ISO instant'],
    ['asOf', '2024-11-11T25:00:00Z', 'ISO instant'],
    ['asOf', '2024-02-31T10:00:00Z', 'ISO instant'],
    ['from', '', 'ISO date'],
    ['to', '11.11.2024', 'ISO date'],
    ['limit', '0', '1 to 1000'],
    ['limit', '100000', '1 to 1000'],
    ['limit', '1.5', '1 to 1000'],
    ['limit', '1e2', '1 to 1000'],
    ['kind', 'war', 'drone_attack, missile_strike'],
    ['status', 'closed', 'open, ended, retracted, merged'],
    ['disputed', 'yes', 'true or false'],
    ['sort', 'killed', 'occurred, -occurred, recorded, -recorded'],
    ['country', '', 'empty'],
    ['region', ' ', 'empty'],
    ['bbox', '22,44,41', 'west,south,east,north'],
    ['bbox', '22,44,41,53,1', 'west,south,east,north'],
    ['bbox', '22,,41,53', 'four numbers'],
    ['bbox', 'a,b,c,d', 'four numbers'],
    ['bbox', '22,53,41,44', 'order is west,south,east,north'],
    ['bbox', '22,-91,41,53', '-90 and 90'],
    ['bbox', '22,44,181,53', '-180 and 180'],
    ['after', '3', 'partition:offset'],
    ['after', '12:1', 'partition:offset'],
    ['after', 'x:y', 'partition:offset'],
  ])('refuses %s=%s and says what is accepted', (name, value, accepted) => {
    const [error, ...others] = errorsOf(() => list({ [name]: value }));
    expect(error?.path).toBe(name);
    expect(error?.message).toContain(accepted);
    expect(others).toEqual([]);
  });

  it('refuses parameters that it does not know, naming those that it does', () => {
    const [error] = errorsOf(() => list({ colour: 'red' }));
    expect(error?.path).toBe('colour');
    expect(error?.message).toContain('kind, status, country');
  });

  it('lists every mistake at once', () => {
    const errors = errorsOf(() => list({ kind: ['war', 'airstrike'], limit: '0', x: '1', y: '2' }));
    expect(errors.map((e) => e.path).sort()).toEqual(['kind', 'limit', 'x', 'y']);
  });

  it.each(['limit', 'asOf', 'bbox', 'disputed', 'sort', 'cursor'])(
    'refuses a second %s',
    (name) => {
      const [error] = errorsOf(() => list({ [name]: ['1', '2'] }));
      expect(error).toEqual({ path: name, message: 'is given more than once' });
    },
  );

  it('takes a box across the antimeridian', () => {
    expect(list({ bbox: '170,-20,-170,20' }).bbox).toEqual({ w: 170, s: -20, e: -170, n: 20 });
  });
});

describe('groupBy', () => {
  const stats = (groupBy: string | string[]) => parseQuery(schemas.stats, { groupBy }).groupBy;

  it('takes up to two groups, as a list or repeated', () => {
    expect(stats('year')).toEqual(['year']);
    expect(stats('year,country')).toEqual(['year', 'country']);
    expect(stats(['month', 'kind'])).toEqual(['month', 'kind']);
    expect(parseQuery(schemas.stats, {}).groupBy).toEqual([]);
  });

  it.each([
    ['decade', 'must be one of: day, week'],
    ['year,year', 'twice'],
    ['year,kind,country', 'two'],
  ])('refuses %s', (value, message) => {
    expect(errorsOf(() => stats(value))[0]?.message).toContain(message);
  });
});

describe('at', () => {
  const at = (value: string) => parseQuery(schemas.inForce, { at: value }).at;

  it('is an instant', () => {
    expect(at('2024-11-11T12:00Z')).toBe(Date.parse('2024-11-11T12:00:00Z'));
  });

  it('is not a plain date, and not left out', () => {
    expect(errorsOf(() => at('2024-11-11'))[0]?.message).toContain('2024-11-11T12:00:00Z');
    expect(errorsOf(() => at('noon'))[0]?.message).toContain('ISO instant');
    expect(errorsOf(() => parseQuery(schemas.inForce, {}))[0]?.path).toBe('at');
  });
});

describe('the query string of the feed', () => {
  const types = (type: string | string[]) => parseQuery(schemas.feed, { type }).type;

  it('takes types by their short and their full names', () => {
    expect(types('incident.reported')).toEqual(['incident.reported']);
    expect(types(['conflict.incident.merged', 'ledger.created'])).toEqual([
      'incident.merged',
      'ledger.created',
    ]);
  });

  it('refuses a type that there is not', () => {
    const [error] = errorsOf(() => types('incident.exploded'));
    expect(error?.path).toBe('type');
    expect(error?.message).toContain('incident.reported, incident.claim-recorded');
  });
});
