import type { ImportRow } from '#libs/domain';
import { requireColumns } from '../csv/header.js';

/**
 * Where a layout of the GED keeps what we read. Releases move and add columns, and the names
 * decide; sources: UCDP GED Codebook 5.0 to 23.1, and the headers of the published files.
 */
export interface Layout {
  low: string;
  best: string;
  high: string;
  /** One column each for start and end, or year, month and day of the start alone. */
  dates: 'start-end' | 'year-month-day';
  required: readonly string[];
  mapping: ImportRow['mapping'];
}

const COMMON = ['id', 'type_of_violence', 'side_a', 'side_b', 'country', 'latitude', 'longitude'];

/** Columns in the order of their stored form, which spares sorting them in every row. */
function inOrder(mapping: ImportRow['mapping']): ImportRow['mapping'] {
  return Object.fromEntries(Object.entries(mapping).sort(([a], [b]) => (a < b ? -1 : 1)));
}

const COMMON_MAPPING = {
  latitude: ['location.point'],
  longitude: ['location.point'],
  country: ['location.country'],
  type_of_violence: ['kind', 'actors', 'title'],
  side_a: ['actors', 'title'],
  side_b: ['actors', 'title'],
};

const FULL: Layout = {
  low: 'low',
  best: 'best',
  high: 'high',
  dates: 'start-end',
  required: [...COMMON, 'date_start', 'date_end', 'low', 'best', 'high'],
  mapping: inOrder({
    ...COMMON_MAPPING,
    adm_1: ['location.regionName'],
    adm_2: ['location.districtName'],
    where_coordinates: ['location.name', 'title'],
    where_prec: ['location.precision'],
    date_start: ['occurred.start'],
    date_end: ['occurred.end'],
    date_prec: ['occurred.precision'],
    low: ['casualties.killed.all.low'],
    best: ['casualties.killed.all.best'],
    high: ['casualties.killed.all.high'],
    deaths_civilians: ['casualties.killed.civilian.best'],
  }),
};

/** The 14-column extract: renamed deaths, the start's date in three columns, no precisions. */
const SHORT: Layout = {
  low: 'low_death',
  best: 'best_death',
  high: 'high_death',
  dates: 'year-month-day',
  required: [...COMMON, 'year', 'month', 'day', 'low_death', 'best_death', 'high_death'],
  mapping: inOrder({
    ...COMMON_MAPPING,
    country: ['location.country', 'title'],
    year: ['occurred.start'],
    month: ['occurred.start'],
    day: ['occurred.start'],
    low_death: ['casualties.killed.all.low'],
    best_death: ['casualties.killed.all.best'],
    high_death: ['casualties.killed.all.high'],
  }),
};

/** Columns whose letter case is no difference: place names. */
export const CASELESS = ['adm_1', 'adm_2', 'where_coordinates'];

/** The layout of a header. Throws `ImportFileError` naming what is missing. */
export function layoutOf(header: readonly string[], fileName: string): Layout {
  const short = header.includes('best_death') && !header.includes('date_start');
  const layout = short ? SHORT : FULL;
  requireColumns(header, layout.required, fileName, 'ucdp-ged');
  return layout;
}
