import { airRaidSirens } from './air-raid-sirens/index.js';
import type { RowFormat } from './format.js';
import { incidents } from './incidents/index.js';
import { ucdpGed } from './ucdp-ged/index.js';

const FORMATS: readonly RowFormat[] = [ucdpGed, airRaidSirens, incidents];

/** The names that `ledger import FORMAT` takes. */
export const FORMAT_NAMES: readonly string[] = FORMATS.map((f) => f.name);

export function formatNamed(name: string): RowFormat | undefined {
  return FORMATS.find((f) => f.name === name);
}
