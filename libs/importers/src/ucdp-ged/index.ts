import { CellReader } from '../csv/cell-reader.js';
import { openCsv } from '../csv/read-csv.js';
import { RowHasher } from '../csv/row-hash.js';
import type { ByteTap, ImportFile, ReadOptions, RowFormat, RowItem } from '../format.js';
import { rejectOf } from '../format.js';
import { refuseOther } from '../other-format.js';
import { CASELESS, layoutOf } from './layout.js';
import { parseId, recordOf } from './row.js';

const NAME = 'ucdp-ged';
const caseless = new Set(CASELESS);

/** `number_of_sources` -1 means that UCDP did not count them: a placeholder, so an empty cell. */
function dropPlaceholders(header: readonly string[]): (cells: string[]) => void {
  const sources = header.indexOf('number_of_sources');
  return (cells) => {
    if (sources >= 0 && cells[sources]?.trim() === '-1') cells[sources] = '';
  };
}

async function* read(
  file: ImportFile,
  { reportedAt = '' }: ReadOptions,
  tap?: ByteTap,
): AsyncGenerator<RowItem> {
  const check = (header: readonly string[]): void => {
    refuseOther(header, NAME, file.name);
    layoutOf(header, file.name);
  };
  const { header, records } = await openCsv(file, check, tap);
  const layout = layoutOf(header, file.name);
  const row = new CellReader(header);
  const hasher = new RowHasher(header, caseless);
  const clean = dropPlaceholders(header);
  for await (const { record, line, cells, problem } of records) {
    clean(cells);
    row.load(cells);
    const id = row.need('id', parseId);
    const made = problem ? undefined : recordOf(row, layout, reportedAt);
    const wrong = problem ?? row.problem;
    if (wrong !== undefined || made === undefined || id === undefined) {
      const reject = rejectOf({ record, line }, wrong ?? { reason: 'the row has no id' });
      yield { kind: 'reject', reject, ...(id !== undefined && { externalId: id }) };
      continue;
    }
    yield {
      kind: 'row',
      record,
      line,
      row: {
        externalId: id,
        record: made,
        columns: hasher.columns(cells),
        hash: hasher.hash(cells),
        mapping: layout.mapping,
        caseless: CASELESS,
      },
    };
  }
}

/**
 * UCDP Georeferenced Event Dataset, every layout of it: the releases' own, the HDX copies with
 * their HXL row, and the 14-column extract. External id: the event's `id`.
 */
export const ucdpGed: RowFormat = { name: NAME, read };
