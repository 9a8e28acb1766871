import type { Pool } from 'pg';
import { type Axis, capped, matching, mergedSql } from './filter-sql.js';
import type { Filter, GroupBy, TimeTravel } from './filters.js';
import {
  beforeBeginning,
  checkpoints,
  isFinal,
  positionOf,
  presentInstant,
} from './ledger-state.js';
import { loadMerges } from './merges.js';
import { isoInstant } from './moments.js';
import { inSnapshot, type Reader } from './snapshot.js';
import { Params } from './sql.js';

/** Sums over incidents; null where no incident gives that figure, which is not 0. */
export interface FigureSums {
  low: number | null;
  best: number | null;
  high: number | null;
  /** Incidents with standing claims about it, but no best figure. */
  withoutBest: number;
  /** Incidents with standing claims about it that are open upwards. */
  openHigh: number;
}

export interface Sums {
  incidents: number;
  disputed: number;
  /** Of the incidents: those that an edition dropped and none lists. They are counted. */
  delisted: number;
  killed: FigureSums;
  injured: FigureSums;
}

export interface StatsGroup extends Sums {
  /** By group; null: the incidents that the group does not apply to. */
  key: Partial<Record<GroupBy, string | null>>;
}

export interface Stats {
  groupBy: GroupBy[];
  groups: StatsGroup[];
  total: Sums;
  datasets: string[];
  /** Several datasets: they may tell of the same events. */
  mayOverlap: boolean;
  asOf: string;
  final: boolean;
  position: string;
  ledgerBegins?: string;
}

export interface StatsQueryInput extends Filter, TimeTravel {
  groupBy: readonly GroupBy[];
}

/** A period's key: where it starts (`lasted`), or the one that a whole `within` window fits in. */
function period(unit: 'day' | 'week' | 'month' | 'year', format: string): string {
  const of = (column: string): string => `date_trunc('${unit}', i.${column}::timestamp)`;
  return `CASE WHEN ${of('day_start')} = ${of('day_end')} THEN to_char(i.day_start, '${format}') END`;
}

const KEYS: Record<GroupBy, string> = {
  day: period('day', 'YYYY-MM-DD'),
  /** ISO 8601 weeks: 2024-W46. */
  week: period('week', 'IYYY"-W"IW'),
  month: period('month', 'YYYY-MM'),
  year: period('year', 'YYYY'),
  kind: 'i.kind',
  country: 'i.country',
  region: 'coalesce(i.region, i.region_name)',
  grade: 'i.grade',
  // An incident's id is made from its dataset and external id: there is one at most.
  dataset: 'i.datasets[1]',
  actor: 'actor.name',
};

/** An incident counts under each of its actors, so that these groups may add up to more. */
const ACTORS = `LEFT JOIN LATERAL (
  SELECT DISTINCT a ->> 'name' AS name FROM jsonb_array_elements(i.state -> 'actors') a
) actor ON true`;

function figureSql(name: 'killed' | 'injured', enters: string): string {
  const standing = `${enters} AND i.${name}_claims`;
  return [
    ...['low', 'best', 'high'].map(
      (f) => `sum(i.${name}_${f}) FILTER (WHERE ${standing})::float8 AS ${name}_${f}`,
    ),
    `count(*) FILTER (WHERE ${standing} AND i.${name}_best IS NULL)::int AS ${name}_without_best`,
    `count(*) FILTER (WHERE ${standing} AND i.${name}_high IS NULL)::int AS ${name}_open_high`,
  ].join(', ');
}

/** What a part of another would count twice, and what is retracted or merged, never enters a sum. */
function sumsSql(isMerged: string): string {
  const enters = `NOT i.part_of AND i.status <> 'retracted' AND NOT ${isMerged}`;
  return `count(*)::int AS incidents, count(*) FILTER (WHERE i.disputed)::int AS disputed,
    count(*) FILTER (WHERE NOT i.listed)::int AS delisted,
    ${figureSql('killed', enters)}, ${figureSql('injured', enters)}`;
}

type SumsRow = Record<string, unknown> & {
  incidents: number;
  disputed: number;
  delisted: number;
};
type CellRow = SumsRow & Record<'k0' | 'k1' | 'k2', string | null>;

function sumsOf(row: SumsRow): Sums {
  const figures = (name: string): FigureSums => ({
    low: row[`${name}_low`] as number | null,
    best: row[`${name}_best`] as number | null,
    high: row[`${name}_high`] as number | null,
    withoutBest: row[`${name}_without_best`] as number,
    openHigh: row[`${name}_open_high`] as number,
  });
  const { incidents, disputed, delisted } = row;
  return { incidents, disputed, delisted, killed: figures('killed'), injured: figures('injured') };
}

/** Sums of the incidents that have these keys and this dataset. */
interface Cell {
  keys: (string | null)[];
  dataset: string | null;
  sums: Sums;
}

/** Everything in one pass: groups, total and datasets are all added up from the finest cells. */
async function readCells(
  reader: Reader,
  query: StatsQueryInput,
  axis: Axis,
  merged: readonly string[],
): Promise<Cell[]> {
  const { groupBy } = query;
  const params = new Params();
  const { from, where } = matching(query, axis, merged, params);
  const keys = [KEYS.dataset, ...groupBy.map((g) => KEYS[g])];
  const rows = await reader.rows<CellRow>(
    `SELECT ${keys.map((k, i) => `${k} AS k${String(i)}`).join(', ')}, ${sumsSql(mergedSql(merged, params))}
     FROM ${from} ${groupBy.includes('actor') ? ACTORS : ''}
     WHERE ${where} GROUP BY ${keys.map((_, i) => String(i + 1)).join(', ')}`,
    params.values,
  );
  return rows.map((row) => ({
    dataset: row.k0,
    keys: [row.k1, row.k2].slice(0, groupBy.length),
    sums: sumsOf(row),
  }));
}

const NO_FIGURES = { low: null, best: null, high: null, withoutBest: 0, openHigh: 0 };
const NOTHING: Sums = {
  incidents: 0,
  disputed: 0,
  delisted: 0,
  killed: NO_FIGURES,
  injured: NO_FIGURES,
};

/** Unknown adds nothing, and stays unknown where nothing else is known. */
function plus(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : a + b;
}

function addFigures(a: FigureSums, b: FigureSums): FigureSums {
  return {
    low: plus(a.low, b.low),
    best: plus(a.best, b.best),
    high: plus(a.high, b.high),
    withoutBest: a.withoutBest + b.withoutBest,
    openHigh: a.openHigh + b.openHigh,
  };
}

function add(a: Sums, b: Sums): Sums {
  return {
    incidents: a.incidents + b.incidents,
    disputed: a.disputed + b.disputed,
    delisted: a.delisted + b.delisted,
    killed: addFigures(a.killed, b.killed),
    injured: addFigures(a.injured, b.injured),
  };
}

function totalOf(cells: readonly Cell[]): Sums {
  return cells.reduce((sum, cell) => add(sum, cell.sums), NOTHING);
}

function groupsOf(cells: readonly Cell[], groupBy: readonly GroupBy[]): StatsGroup[] {
  if (groupBy.length === 0) return [];
  const groups = new Map<string, Cell>();
  for (const cell of cells) {
    const name = JSON.stringify(cell.keys);
    const group = groups.get(name);
    groups.set(name, group ? { ...group, sums: add(group.sums, cell.sums) } : cell);
  }
  return [...groups.values()]
    .sort((a, b) => byKeys(a.keys, b.keys))
    .map(({ keys, sums }) => ({
      key: Object.fromEntries(groupBy.map((g, i) => [g, keys[i] ?? null])),
      ...sums,
    }));
}

/** By code units, whatever the database's locale; null comes last. */
function byKeys(a: readonly (string | null)[], b: readonly (string | null)[]): number {
  for (const [i, x] of a.entries()) {
    const y = b[i] ?? null;
    if (x === y) continue;
    if (x === null || y === null) return x === null ? 1 : -1;
    return x < y ? -1 : 1;
  }
  return 0;
}

/**
 * Sums over the incidents that match, in up to two groups, ordered by key with null last. Periods
 * and all groups but `actor` add up to the total.
 */
export async function stats(
  pool: Pool,
  query: StatsQueryInput,
  now: number = Date.now(),
): Promise<Stats> {
  return inSnapshot(pool, async (reader) => {
    const axis = capped(query, now);
    const { merged } = await loadMerges(reader, axis);
    const cells = await readCells(reader, query, axis, merged);
    // An incident stands under each of its actors, so those groups do not add up to the total.
    const whole = query.groupBy.includes('actor')
      ? await readCells(reader, { ...query, groupBy: [] }, axis, merged)
      : cells;
    const places = await checkpoints(reader);
    const datasets = [...new Set(whole.flatMap((c) => c.dataset ?? []))].sort();
    return {
      groupBy: [...query.groupBy],
      groups: groupsOf(cells, query.groupBy),
      total: totalOf(whole),
      datasets,
      mayOverlap: datasets.length > 1,
      asOf: isoInstant(axis.asOf ?? presentInstant(places, Date.now())),
      final: isFinal(places, axis.asOf, now),
      position: positionOf(places),
      ...(await beforeBeginning(reader, axis.asOf)),
    };
  });
}
