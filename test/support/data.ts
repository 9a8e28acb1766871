import { existsSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from './paths.js';

const PLACES = [process.env.LEDGER_TEST_DATA, path.join(ROOT, '../shared/data')];

/** The folder with the published datasets that tests of imports need; undefined where it is not. */
export const DATA = PLACES.find(
  (dir) => dir !== undefined && existsSync(path.join(dir, 'ucdp/ged_ukraine_thru2018.csv')),
);

export const MISSING_DATA =
  DATA === undefined
    ? 'the published datasets are not here; set LEDGER_TEST_DATA to their folder'
    : undefined;

export function dataFile(name: string): string {
  return path.join(DATA ?? '', name);
}
