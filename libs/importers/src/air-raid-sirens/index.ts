import type { ImportRow, Location, Source } from '#libs/domain';
import { CellReader } from '../csv/cell-reader.js';
import { parseInstant } from '../csv/cells.js';
import { requireColumns } from '../csv/header.js';
import { openCsv } from '../csv/read-csv.js';
import { RowHasher } from '../csv/row-hash.js';
import type { ByteTap, ImportFile, ReadOptions, ReadRow, RowFormat, RowItem } from '../format.js';
import { rejectOf } from '../format.js';
import { refuseOther } from '../other-format.js';
import { regionOf } from './oblasts.js';

const NAME = 'air-raid-sirens';
const REQUIRED = ['oblast', 'raion', 'hromada', 'level', 'started_at', 'finished_at'];
const CASELESS = ['oblast', 'raion', 'hromada'];
const caseless = new Set(CASELESS);

const MAPPING: ImportRow['mapping'] = {
  oblast: ['location.regionName', 'title'],
  raion: ['location.districtName', 'title'],
  hromada: ['location.communityName', 'title'],
  level: ['location.precision'],
  started_at: ['occurred.start'],
  finished_at: ['occurred.end'],
  source: ['claims.occurrence.source'],
};

const LEVELS = new Map<string, Location['precision']>([
  ['oblast', 'region'],
  ['raion', 'district'],
  ['hromada', 'community'],
]);

interface Area {
  oblast: string;
  raion: string | undefined;
  hromada: string | undefined;
  swapped: boolean;
}

/** Where the alert holds. A row with oblast and raion the wrong way round is put right. */
function areaOf(row: CellReader): Area | undefined {
  const oblast = row.text('oblast');
  const raion = row.text('raion');
  const hromada = row.text('hromada');
  if (oblast === undefined) {
    row.fail('oblast', 'the cell is empty');
    return undefined;
  }
  const swapped = / raion$/i.test(oblast) && raion !== undefined && / oblast$/i.test(raion);
  return swapped
    ? { oblast: raion, raion: oblast, hromada, swapped }
    : { oblast, raion, hromada, swapped };
}

function sourceOf(source: string | undefined): Source {
  if (source === undefined || source.toLowerCase() === 'official')
    return { name: 'Official air-raid alerts of Ukraine', type: 'official' };
  return { name: source, type: source.toLowerCase() === 'volunteer' ? 'monitor' : 'unknown' };
}

function recordOf(
  row: CellReader,
  area: Area,
  reportedAt: string,
): { record: ReadRow['record']; start: string } {
  const { oblast, raion, hromada, swapped } = area;
  const start = row.need('started_at', parseInstant) ?? '';
  const end = row.parse('finished_at', parseInstant);
  if (end !== undefined && Date.parse(end) < Date.parse(start))
    row.fail('finished_at', `the end is before the start (${start})`);
  const precision = LEVELS.get(row.text('level')?.toLowerCase() ?? '');
  if (precision === undefined) row.fail('level', 'level must be oblast, raion or hromada');
  const region = regionOf(oblast);
  const places = [hromada, raion, oblast].filter((name) => name !== undefined);
  return {
    start,
    record: {
      kind: 'air_alert',
      title: `Air alert: ${places.join(', ')}`,
      ...(swapped && {
        description:
          `The file has oblast and raion the wrong way round in this row (oblast "${String(raion)}", ` +
          `raion "${oblast}"); they are put right here.`,
      }),
      occurred: { start, ...(end !== undefined && { end }), span: 'lasted', precision: 'minute' },
      location: {
        precision: precision ?? 'unknown',
        country: 'UA',
        ...(region !== undefined && { region }),
        regionName: oblast,
        ...(raion !== undefined && { districtName: raion }),
        ...(hromada !== undefined && { communityName: hromada }),
      },
      actors: [],
      claims: [
        {
          slot: 'claims.occurrence',
          asserts: 'occurrence',
          source: sourceOf(row.text('source')),
          reportedAt,
        },
      ],
    },
  };
}

/**
 * The dataset has no id column. Its content key stands for one: the JCS form of the array
 * [oblast, raion, hromada, start], names in lower case with white space collapsed and after a
 * swapped oblast and raion are put right, the start as a UTC instant. No two rows share it.
 */
function contentKey({ oblast, raion, hromada }: Area, start: string): string {
  const names = [oblast, raion ?? '', hromada ?? ''].map((n) => n.toLowerCase());
  return JSON.stringify([...names, start]);
}

async function* read(
  file: ImportFile,
  { reportedAt = '' }: ReadOptions,
  tap?: ByteTap,
): AsyncGenerator<RowItem> {
  const check = (header: readonly string[]): void => {
    refuseOther(header, NAME, file.name);
    requireColumns(header, REQUIRED, file.name, NAME);
  };
  const { header, records } = await openCsv(file, check, tap);
  const row = new CellReader(header);
  const hasher = new RowHasher(header, caseless);
  for await (const { record, line, cells, problem } of records) {
    row.load(cells);
    const area = problem ? undefined : areaOf(row);
    const made = area && recordOf(row, area, reportedAt);
    const wrong = problem ?? row.problem;
    if (wrong !== undefined || !area || !made) {
      const reject = rejectOf({ record, line }, wrong ?? { reason: 'the row cannot be read' });
      const keyed = area && made && /^\d{4}/.test(made.start);
      yield { kind: 'reject', reject, ...(keyed && { externalId: contentKey(area, made.start) }) };
      continue;
    }
    yield {
      kind: 'row',
      record,
      line,
      row: {
        externalId: contentKey(area, made.start),
        record: made.record,
        columns: hasher.columns(cells),
        hash: hasher.hash(cells),
        mapping: MAPPING,
        caseless: CASELESS,
      },
    };
  }
}

/**
 * Air-raid alerts in Ukraine per oblast, raion or hromada (github.com/Vadimkin/ukrainian-air-raid-
 * sirens-dataset, MIT): one row is one alert. External id: its content key.
 */
export const airRaidSirens: RowFormat = { name: NAME, read };
