import type { Actor, Location, Occurred, RowClaim } from '#libs/domain';
import { isOutOfOrder } from '#libs/domain';
import type { CellReader } from '../csv/cell-reader.js';
import type { Parsed } from '../csv/cells.js';
import { parseDate, parseDateParts, parseDegrees, wholeNumber } from '../csv/cells.js';
import type { ReadRow } from '../format.js';
import { countryOf } from '../countries.js';
import type { Layout } from './layout.js';

type Record_ = ReadRow['record'];

const VIOLENCE = new Map([
  ['1', { label: 'State-based violence', kind: 'armed_violence' as const }],
  ['2', { label: 'Non-state violence', kind: 'armed_violence' as const }],
  ['3', { label: 'One-sided violence', kind: 'violence_against_civilians' as const }],
]);
const VIOLENCE_BY_LABEL = new Map([...VIOLENCE.values()].map((v) => [v.label.toLowerCase(), v]));

const SOURCE = { name: 'UCDP', type: 'dataset' as const };

/** The event's id: a number, by value (`239008.0`, and `2e+05` in the extract, are the same ids). */
export function parseId(cell: string): Parsed<string> {
  const id = wholeNumber(cell);
  return id !== undefined && id <= 1e15
    ? { value: String(id) }
    : { reason: 'not an event id (a number)' };
}

function parseViolence(cell: string): Parsed<{ label: string; kind: Record_['kind'] }> {
  const code = cell.replace(/\.0*$/, '');
  const value = VIOLENCE.get(code) ?? VIOLENCE_BY_LABEL.get(cell.toLowerCase());
  return value ? { value } : { reason: 'type_of_violence must be 1, 2 or 3' };
}

function parseCode(max: number): (cell: string) => Parsed<number> {
  return (cell) => {
    const value = Number(cell);
    return Number.isInteger(value) && value >= 1 && value <= max
      ? { value }
      : { reason: `must be a code from 1 to ${String(max)}` };
  };
}
const parseDatePrecision = parseCode(5);
const parsePlacePrecision = parseCode(7);
const parseLatitude = (cell: string) => parseDegrees(cell, 90);
const parseLongitude = (cell: string) => parseDegrees(cell, 180);

/** GED codebook, date_prec: 1 the day is known, 2 and 3 within a week, 4 a month, 5 a year. */
const TIME: readonly Pick<Occurred, 'span' | 'precision'>[] = [
  { span: 'lasted', precision: 'unknown' },
  { span: 'lasted', precision: 'day' },
  { span: 'within', precision: 'week' },
  { span: 'within', precision: 'week' },
  { span: 'within', precision: 'month' },
  { span: 'within', precision: 'year' },
];

const UNKNOWN_PLACE = { precision: 'unknown' } as const;

/** GED codebook, where_prec: 2 is within about 25 km; 5 a linear feature or fuzzy area, 7 sea or air. */
const PLACE: readonly Pick<Location, 'precision' | 'radiusKm'>[] = [
  { precision: 'unknown' },
  { precision: 'locality' },
  { precision: 'area', radiusKm: 25 },
  { precision: 'district' },
  { precision: 'region' },
  { precision: 'area' },
  { precision: 'country' },
  { precision: 'area' },
];
/** Areas that have a name only: their coordinates are UCDP's stand-in, and stay in the columns. */
const NAME_ONLY = new Set([5, 7]);

function occurred(row: CellReader, layout: Layout): Occurred {
  if (layout.dates === 'year-month-day') {
    const parts = ['year', 'month', 'day'].map((c) => row.text(c) ?? '');
    const date = parseDateParts(parts[0] ?? '', parts[1] ?? '', parts[2] ?? '');
    if ('value' in date) return { start: date.value, span: 'lasted', precision: 'unknown' };
    row.fail('day', `${date.reason}: ${parts.join('-')}`);
    return { span: 'lasted', precision: 'unknown' };
  }
  const start = row.need('date_start', parseDate);
  const end = row.need('date_end', parseDate);
  if (start !== undefined && end !== undefined && end < start)
    row.fail('date_end', `the end is before the start (${start})`);
  const code = row.parse('date_prec', parseDatePrecision) ?? 0;
  const { span, precision } = TIME[code] ?? { span: 'lasted', precision: 'unknown' };
  return {
    ...(start !== undefined && { start }),
    ...(end !== undefined && { end }),
    span,
    precision,
  };
}

function location(row: CellReader, layout: Layout): Location {
  const lat = row.need('latitude', parseLatitude);
  const lon = row.need('longitude', parseLongitude);
  // The extract says nothing of precision: its publisher kept precise places only.
  const code =
    row.parse('where_prec', parsePlacePrecision) ?? (layout.dates === 'start-end' ? 0 : 1);
  const country = row.text('country');
  const name = row.text('where_coordinates');
  const regionName = row.text('adm_1');
  const districtName = row.text('adm_2');
  const place: Location = { ...(PLACE[code] ?? UNKNOWN_PLACE) };
  if (lat !== undefined && lon !== undefined && !NAME_ONLY.has(code)) place.point = { lat, lon };
  if (name !== undefined) place.name = name;
  if (country === undefined) row.fail('country', 'the cell is empty');
  else place.country = countryOf(country, row.text('iso3'));
  if (regionName !== undefined) place.regionName = regionName;
  if (districtName !== undefined) place.districtName = districtName;
  return place;
}

/** Type 3 is one-sided: side A the actor, side B its victims. Else neither is made the attacker. */
function actors(row: CellReader, oneSided: boolean): Actor[] {
  const a = row.text('side_a');
  const b = row.text('side_b');
  return [
    ...(a !== undefined
      ? [{ name: a, role: oneSided ? 'initiator' : 'participant' } as const]
      : []),
    ...(b !== undefined ? [{ name: b, role: oneSided ? 'target' : 'participant' } as const] : []),
  ];
}

const KILLED = { asserts: 'casualties', indicator: 'killed', source: SOURCE } as const;

/** The counts that no claim is made of, which must be counts all the same. */
const OTHER_COUNTS = ['deaths_a', 'deaths_b', 'deaths_unknown'];

/** Written out for the row that gives all three, as nearly all do: this runs for every row. */
function killed(
  reportedAt: string,
  low: number | undefined,
  best: number | undefined,
  high: number | undefined,
): RowClaim | undefined {
  const slot = 'casualties.killed.all';
  const population = 'all';
  if (low !== undefined && best !== undefined && high !== undefined && low <= best && best <= high)
    return {
      asserts: 'casualties',
      indicator: 'killed',
      source: SOURCE,
      slot,
      population,
      reportedAt,
      low,
      best,
      high,
    };
  if (low === undefined && best === undefined && high === undefined) return undefined;
  const claim: RowClaim = {
    ...KILLED,
    slot,
    population,
    reportedAt,
    ...(low !== undefined && { low }),
    ...(best !== undefined && { best }),
    ...(high !== undefined && { high }),
  };
  return isOutOfOrder(claim) ? { ...claim, inconsistent: true } : claim;
}

function claims(row: CellReader, layout: Layout, reportedAt: string): RowClaim[] {
  const low = row.count(layout.low);
  const best = row.count(layout.best);
  const high = row.count(layout.high);
  const civilians = row.count('deaths_civilians');
  for (const column of OTHER_COUNTS) row.count(column);
  const all = killed(reportedAt, low, best, high);
  if (!all) {
    row.fail(layout.best, 'none of low, best and high is given');
    return [];
  }
  if (civilians === undefined || civilians === 0) return [all];
  return [
    all,
    {
      ...KILLED,
      slot: 'casualties.killed.civilian',
      population: 'civilian',
      reportedAt,
      best: civilians,
    },
  ];
}

/**
 * What a row of the GED says, in the domain's words. A cell that cannot be read is left as the
 * reader's `problem`; the record is then not to be used.
 */
export function recordOf(row: CellReader, layout: Layout, reportedAt: string): Record_ {
  const violence = row.need('type_of_violence', parseViolence);
  const sides = actors(row, violence?.kind === 'violence_against_civilians');
  const place = location(row, layout);
  const where = place.name ?? row.text('country') ?? '';
  return {
    kind: violence?.kind ?? 'other',
    title: `${violence?.label ?? ''}: ${sides.map((s) => s.name).join(' - ')}, ${where}`,
    occurred: occurred(row, layout),
    location: place,
    actors: sides,
    claims: claims(row, layout, reportedAt),
  };
}
