import type { ImportRow } from '#libs/domain';
import { CellReader } from '../csv/cell-reader.js';
import type { Parsed } from '../csv/cells.js';
import { parseCount, parseDate, parseDegrees, parseInstant } from '../csv/cells.js';
import { requireColumns } from '../csv/header.js';
import { openCsv } from '../csv/read-csv.js';
import { RowHasher } from '../csv/row-hash.js';
import { countryOf } from '../countries.js';
import type { ByteTap, ImportFile, RowItem } from '../format.js';
import { rejectOf } from '../format.js';
import { refuseOther } from '../other-format.js';
import type { ReadReport } from './report.js';
import { readReport } from './report.js';

const REQUIRED = ['externalId', 'kind', 'title'];

const MAPPING: ImportRow['mapping'] = {
  kind: ['kind'],
  title: ['title'],
  description: ['description'],
  start: ['occurred.start'],
  end: ['occurred.end'],
  span: ['occurred.span'],
  occurredPrecision: ['occurred.precision'],
  lat: ['location.point'],
  lon: ['location.point'],
  placePrecision: ['location.precision'],
  country: ['location.country'],
  region: ['location.region', 'location.regionName'],
  place: ['location.name'],
  killedLow: ['casualties.killed.all.low'],
  killedBest: ['casualties.killed.all.best'],
  killedHigh: ['casualties.killed.all.high'],
};

/** Which claim the source's columns speak of: a count of the killed, or that it occurred. */
function mappingFor(slot: string): ImportRow['mapping'] {
  const source = [`${slot}.source`];
  return {
    ...MAPPING,
    sourceName: source,
    sourceType: source,
    sourceUrl: source,
    reportedAt: [`${slot}.reportedAt`],
  };
}
const KILLED = 'casualties.killed.all';
const OCCURRED = 'claims.occurrence';
const MAPPINGS = { [KILLED]: mappingFor(KILLED), [OCCURRED]: mappingFor(OCCURRED) };

/** Where a part of the report comes from, for messages. */
const COLUMN_OF: readonly [path: RegExp, column: string][] = [
  [/^occurred\.start/, 'start'],
  [/^occurred\.end/, 'end'],
  [/^occurred\.span/, 'span'],
  [/^occurred\.precision/, 'occurredPrecision'],
  [/^location\.precision/, 'placePrecision'],
  [/^claims\.0\.source\.type/, 'sourceType'],
  [/^claims\.0\.source\.url/, 'sourceUrl'],
  [/^claims\.0\.source/, 'sourceName'],
  [/^claims\.0\.reportedAt/, 'reportedAt'],
  [/^claims\.0/, 'killedBest'],
];

function dateOrInstant(cell: string): Parsed<string> {
  return cell.length <= 10 ? parseDate(cell) : parseInstant(cell);
}

function precisionOf(start: string | undefined): string {
  if (start === undefined) return 'unknown';
  return start.length === 10 ? 'day' : 'minute';
}

function bodyOf(row: CellReader, defaultReportedAt: string | undefined): Record<string, unknown> {
  const start = row.parse('start', dateOrInstant);
  const end = row.parse('end', dateOrInstant);
  const lat = row.parse('lat', (c) => parseDegrees(c, 90));
  const lon = row.parse('lon', (c) => parseDegrees(c, 180));
  if ((lat === undefined) !== (lon === undefined))
    row.fail(lat === undefined ? 'lat' : 'lon', 'lat and lon must be given together');
  const low = row.parse('killedLow', parseCount);
  const best = row.parse('killedBest', parseCount);
  const high = row.parse('killedHigh', parseCount);
  const killed = low !== undefined || best !== undefined || high !== undefined;
  const source = row.text('sourceName');
  if (killed && source === undefined)
    row.fail('sourceName', 'a number of killed must come with its source');
  const reportedAt = row.parse('reportedAt', dateOrInstant) ?? defaultReportedAt;
  if (reportedAt === undefined)
    row.fail('reportedAt', 'the cell is empty, and no date was given for the file (--reported-at)');
  const country = row.text('country');
  const region = row.text('region');
  const code = region !== undefined && /^[A-Z]{2}-[A-Z0-9]{1,3}$/.test(region);
  const name = row.text('place');
  return {
    kind: row.text('kind') ?? '',
    title: row.text('title', 1_000) ?? '',
    description: row.text('description', 20_000),
    reportedAt,
    occurred: {
      start,
      end,
      span: row.text('span') ?? 'lasted',
      precision: row.text('occurredPrecision') ?? precisionOf(start),
    },
    location: {
      point: lat !== undefined && lon !== undefined ? { lat, lon } : undefined,
      precision: row.text('placePrecision') ?? 'unknown',
      name,
      country: country === undefined ? undefined : countryOf(country),
      ...(region !== undefined && (code ? { region } : { regionName: region })),
    },
    claims:
      source === undefined
        ? []
        : [
            {
              ...(killed
                ? { asserts: 'casualties', indicator: 'killed', population: 'all', low, best, high }
                : { asserts: 'occurrence' }),
              source: {
                name: source,
                type: row.text('sourceType') ?? 'unknown',
                url: row.text('sourceUrl', 4_000),
              },
              reportedAt,
            },
          ],
  };
}

function reportProblem(
  row: CellReader,
  read: ReadReport | undefined,
): { column?: string | undefined; value?: string | undefined; reason: string } {
  if (!read || read.ok) return { reason: 'the row cannot be read' };
  const column = COLUMN_OF.find(([path]) => path.test(read.path))?.[1] ?? read.path;
  return { column, value: row.text(column), reason: read.reason };
}

/** `undefined` is no JSON: the schemas know absent keys only. */
function withoutUndefined(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

/** Reads incidents from CSV with the columns of the `incidents` format. */
export async function* readIncidentsCsv(
  file: ImportFile,
  defaultReportedAt: string | undefined,
  tap?: ByteTap,
): AsyncGenerator<RowItem> {
  const check = (header: readonly string[]): void => {
    refuseOther(header, 'incidents', file.name);
    requireColumns(header, REQUIRED, file.name, 'incidents');
  };
  const { header, records } = await openCsv(file, check, tap);
  const row = new CellReader(header);
  const hasher = new RowHasher(header, new Set());
  for await (const { record, line, cells, problem } of records) {
    row.load(cells);
    const id = row.text('externalId');
    if (id === undefined || id.length > 500)
      row.fail('externalId', 'externalId must be a text of 1 to 500 characters');
    const body = problem ? undefined : bodyOf(row, defaultReportedAt);
    const wrong = problem ?? row.problem;
    const read = wrong || !body ? undefined : readReport(withoutUndefined(body));
    if (id === undefined || !read?.ok) {
      const why = wrong ?? reportProblem(row, read);
      const reject = rejectOf({ record, line }, why);
      yield { kind: 'reject', reject, ...(id !== undefined && { externalId: id }) };
      continue;
    }
    const { reportedAt, claims, ...description } = read.report;
    const slot = claims[0]?.asserts === 'casualties' ? KILLED : OCCURRED;
    yield {
      kind: 'row',
      record,
      line,
      row: {
        externalId: id,
        record: { ...description, claims: claims.map((claim) => ({ ...claim, slot })) },
        columns: hasher.columns(cells),
        hash: hasher.hash(cells),
        mapping: MAPPINGS[slot],
        caseless: [],
        reportedAt,
      },
    };
  }
}
