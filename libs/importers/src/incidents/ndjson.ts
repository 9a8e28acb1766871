import { canonicalJson } from '#libs/contracts';
import type { Columns, ImportRow } from '#libs/domain';
import { RowHasher } from '../csv/row-hash.js';
import type { ByteTap, ImportFile, RowItem } from '../format.js';
import { ImportFileError, rejectOf } from '../format.js';
import { readLines } from '../source/read-lines.js';
import { readReport } from './report.js';

/**
 * A row's columns are the paths of its JSON. All of them are always there, empty where the row has
 * none, because a column that only one of two editions has is no revision.
 */
const MAPPING: ImportRow['mapping'] = {
  kind: ['kind'],
  title: ['title'],
  description: ['description'],
  cause: ['cause'],
  'occurred.start': ['occurred.start'],
  'occurred.end': ['occurred.end'],
  'occurred.span': ['occurred.span'],
  'occurred.precision': ['occurred.precision'],
  'location.point.lat': ['location.point'],
  'location.point.lon': ['location.point'],
  'location.precision': ['location.precision'],
  'location.radiusKm': ['location.radiusKm'],
  'location.name': ['location.name'],
  'location.country': ['location.country'],
  'location.region': ['location.region'],
  'location.regionName': ['location.regionName'],
  'location.districtName': ['location.districtName'],
  'location.communityName': ['location.communityName'],
  actors: ['actors'],
  claims: ['claims'],
};
const COLUMNS = ['externalId', 'reportedAt', ...Object.keys(MAPPING)];

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function cellAt(body: unknown, column: string): string {
  let value = body;
  for (const key of column.split('.')) value = isObject(value) ? value[key] : undefined;
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value;
  return canonicalJson(value);
}

function parseLine(text: string): { body: Record<string, unknown> } | { reason: string } {
  try {
    const body: unknown = JSON.parse(text);
    return isObject(body) ? { body } : { reason: 'the line is not a JSON object' };
  } catch (error) {
    return {
      reason: `the line is not JSON: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
}

/** Reads incidents from NDJSON: each line the body of `POST /v1/incidents` plus `externalId`. */
export async function* readNdjson(
  file: ImportFile,
  defaultReportedAt: string | undefined,
  tap?: ByteTap,
): AsyncGenerator<RowItem> {
  const hasher = new RowHasher(COLUMNS, new Set());
  let record = 0;
  for await (const { line, text } of readLines(file, tap)) {
    record++;
    const at = { record, line };
    if (text === undefined) {
      yield { kind: 'reject', reject: rejectOf(at, { reason: 'the line is not UTF-8' }) };
      continue;
    }
    const parsed = parseLine(text);
    if ('reason' in parsed) {
      yield { kind: 'reject', reject: rejectOf(at, { value: text, reason: parsed.reason }) };
      continue;
    }
    const { externalId: id, ...body } = parsed.body;
    const externalId = typeof id === 'string' || typeof id === 'number' ? String(id).trim() : '';
    if (externalId === '' || externalId.length > 500) {
      const reason = 'externalId must be a text of 1 to 500 characters';
      yield {
        kind: 'reject',
        reject: rejectOf(at, { column: 'externalId', value: externalId, reason }),
      };
      continue;
    }
    const read = readReport({ reportedAt: defaultReportedAt, ...body });
    if (!read.ok) {
      const where = read.path === '' ? {} : { column: read.path, value: cellAt(body, read.path) };
      const reject = rejectOf(at, { ...where, reason: read.reason });
      yield { kind: 'reject', reject, externalId };
      continue;
    }
    const { reportedAt, claims, ...description } = read.report;
    const cells = COLUMNS.map((column) => cellAt(parsed.body, column));
    const columns: Columns = Object.fromEntries(COLUMNS.map((c, i) => [c, cells[i] ?? '']));
    yield {
      kind: 'row',
      record,
      line,
      row: {
        externalId,
        record: {
          ...description,
          claims: claims.map((claim, i) => ({ ...claim, slot: `claims.${String(i + 1)}` })),
        },
        columns,
        hash: hasher.hash(cells),
        mapping: MAPPING,
        caseless: [],
        reportedAt,
      },
    };
  }
  if (record === 0) throw new ImportFileError('file-empty', `${file.name} is empty.`);
}
