import { createHash } from 'node:crypto';
import type {
  CommandDataByName,
  CommandOf,
  Columns,
  ImportRow,
  PlacePrecision,
  RowClaim,
} from '#libs/domain';
import { normaliseCell } from '#libs/domain';
import { command } from './builders.js';

/** The columns of the made-up dataset `events`: UCDP's, as far as rows need them here. */
export const ROW: Columns = {
  id: '156835',
  type_of_violence: '1',
  side_a: 'Government of Ukraine',
  side_b: 'DPR',
  where_prec: '1',
  where_coordinates: 'Donetsk town',
  adm_1: 'Donetsk Oblast',
  latitude: '48.0',
  longitude: '37.805278',
  date_start: '2016-02-01',
  date_end: '2016-02-01',
  date_prec: '1',
  low: '1',
  best: '2',
  high: '5',
  deaths_civilians: '0',
  event_clarity: '1',
};

const MAPPING: ImportRow['mapping'] = {
  type_of_violence: ['kind'],
  side_a: ['title', 'actors'],
  side_b: ['title', 'actors'],
  where_prec: ['location.precision'],
  where_coordinates: ['location.name'],
  adm_1: ['location.regionName'],
  latitude: ['location.point'],
  longitude: ['location.point'],
  date_start: ['occurred.start'],
  date_end: ['occurred.end'],
  date_prec: ['occurred.precision'],
  low: ['casualties.killed.all.low'],
  best: ['casualties.killed.all.best'],
  high: ['casualties.killed.all.high'],
  deaths_civilians: ['casualties.killed.civilian.best'],
};
const CASELESS = ['where_coordinates', 'adm_1'];
const PRECISIONS: Record<string, PlacePrecision> = { '1': 'locality', '2': 'area', '4': 'region' };
const REGIONS: Record<string, string> = { 'donetsk oblast': 'UA-14', crimea: 'UA-43' };

/** A small importer: what is made of a row's columns. */
function recordOf(columns: Columns, reportedAt: string): ImportRow['record'] {
  const at = (name: string): string => (columns[name] ?? '').trim();
  const precision = PRECISIONS[at('where_prec')] ?? 'unknown';
  const region = REGIONS[at('adm_1').toLowerCase()];
  const claim = { asserts: 'casualties', source: { name: 'UCDP', type: 'dataset' } } as const;
  const claims: RowClaim[] = [
    {
      ...claim,
      slot: 'casualties.killed.all',
      reportedAt,
      indicator: 'killed',
      population: 'all',
      low: Number(at('low')),
      best: Number(at('best')),
      high: Number(at('high')),
    },
  ];
  const civilians = Number(at('deaths_civilians'));
  if (civilians > 0)
    claims.push({
      ...claim,
      slot: 'casualties.killed.civilian',
      reportedAt,
      indicator: 'killed',
      population: 'civilian',
      best: civilians,
    });
  return {
    kind: at('type_of_violence') === '3' ? 'violence_against_civilians' : 'armed_violence',
    title: `${at('side_a')} - ${at('side_b')}`,
    occurred: {
      start: at('date_start').slice(0, 10),
      end: at('date_end'),
      ...(at('date_prec') === '1'
        ? { span: 'lasted', precision: 'day' }
        : { span: 'within', precision: 'week' }),
    },
    location: {
      point: { lat: Number(at('latitude')), lon: Number(at('longitude')) },
      precision,
      ...(precision === 'area' && { radiusKm: 25 }),
      name: at('where_coordinates'),
      country: 'UA',
      ...(region !== undefined && { region }),
      regionName: at('adm_1'),
    },
    actors: [
      { name: at('side_a'), role: 'participant' },
      { name: at('side_b'), role: 'participant' },
    ],
    claims,
  };
}

function hashOf(columns: Columns): string {
  const caseless = new Set(CASELESS);
  const cells = Object.entries(columns).map(([k, v]) => [k, normaliseCell(k, v, caseless)]);
  return createHash('sha256').update(JSON.stringify(cells.sort())).digest('hex');
}

export const IMPORT_ID = '01930000-0000-7000-8000-000000000001';

/**
 * An `import-row` command of the dataset `events`, edition `2018`, complete for `UA`.
 *
 * @param columns what differs from `ROW`; a value of undefined leaves the column out
 * @param overrides of the command's data; `scope: undefined` makes it an extract
 */
export function aRow(
  columns: Record<string, string | undefined> = {},
  overrides: Partial<Omit<ImportRow, 'scope'>> & { scope?: string | undefined } = {},
): CommandOf<'import-row'> {
  const all: Columns = {};
  for (const [name, value] of Object.entries({ ...ROW, ...columns }))
    if (value !== undefined) all[name] = value;
  const { scope = 'UA', ...rest } = overrides;
  const reportedAt = rest.reportedAt ?? '2019-06-01';
  return command('import-row', {
    dataset: 'events',
    externalId: all['id'] ?? '',
    edition: '2018',
    importId: IMPORT_ID,
    reportedAt,
    record: recordOf(all, reportedAt),
    columns: all,
    hash: hashOf(all),
    mapping: MAPPING,
    caseless: CASELESS,
    ...rest,
    ...(!('scope' in overrides && overrides.scope === undefined) && { scope }),
  });
}

/** The row of the next edition, `2019`. */
export function nextRow(
  columns: Record<string, string | undefined> = {},
  overrides: Parameters<typeof aRow>[1] = {},
): CommandOf<'import-row'> {
  return aRow(columns, { edition: '2019', reportedAt: '2020-06-01', ...overrides });
}

/** That an edition (`2019`) no longer lists the row. */
export function aDelisting(
  overrides: Partial<CommandDataByName['delist']> = {},
): CommandOf<'delist'> {
  return command('delist', {
    dataset: 'events',
    scope: 'UA',
    externalId: ROW['id'] ?? '',
    edition: '2019',
    importId: IMPORT_ID,
    reportedAt: '2020-06-01',
    ...overrides,
  });
}
