import type { ClaimState, Recorded } from './state.js';
import { reportedInstant } from './times.js';
import type { Casualties, Indicator, Population } from './values.js';

/** The name that stands beside every summary made by the rule below. */
export const CASUALTY_POLICY = 'standing-claims/v1';

/** Unknown is null, never 0: "at least six" is low 6, best null, high null. */
export interface Figures {
  low: number | null;
  best: number | null;
  high: number | null;
}
export type FigureTable = Partial<Record<Indicator, Partial<Record<Population, Figures>>>>;

export interface CasualtySummary {
  policy: typeof CASUALTY_POLICY;
  /** Over claims that name no side and count no cumulative series. */
  figures: FigureTable;
  /** The same by side (an actor's name). */
  bySide: Record<string, FigureTable>;
  /** Counters ("so far"), which never enter a sum. */
  cumulative: FigureTable;
  /** Counters of one side's people, by side. */
  cumulativeBySide: Record<string, FigureTable>;
}

type CasualtyClaim = ClaimState & { asserts: 'casualties' };

/** An inconsistent claim is read with its smallest number as low and its largest as high. */
function readFigures(claim: Casualties): { low?: number; best?: number; high?: number } {
  const { low, best, high } = claim;
  if (claim.inconsistent !== true)
    return {
      ...(low !== undefined && { low }),
      ...(best !== undefined && { best }),
      ...(high !== undefined && { high }),
    };
  const given = [low, best, high].filter((n) => n !== undefined);
  return { low: Math.min(...given), high: Math.max(...given), ...(best !== undefined && { best }) };
}

/** True when low <= best <= high does not hold among the numbers given. */
export function isOutOfOrder({ low, best, high }: Casualties): boolean {
  const given = [low, best, high].filter((n) => n !== undefined);
  return given.some((n, i) => i > 0 && n < (given[i - 1] ?? n));
}

/** A denial or dispute stands against a claim that stands. */
export function isDisputed(state: Recorded): boolean {
  return state.claims.some((c) => !c.withdrawn && c.responses.some((r) => r.stance !== 'confirms'));
}

function latestPerSource(claims: CasualtyClaim[]): CasualtyClaim[] {
  const latest = new Map<string, CasualtyClaim>();
  for (const claim of claims) {
    const before = latest.get(claim.source.name);
    if (!before || reportedInstant(claim.reportedAt) >= reportedInstant(before.reportedAt))
      latest.set(claim.source.name, claim);
  }
  return [...latest.values()];
}

function summarise(claims: CasualtyClaim[], pinned: string | undefined): Figures {
  const standing = latestPerSource(claims);
  const read = standing.map(readFigures);
  const lows = read.map((f) => f.low ?? f.best).filter((n) => n !== undefined);
  const highs = read.map((f) => f.high ?? f.best);
  const closed = highs.filter((n) => n !== undefined);
  // Claims are in stream order, so the last of those reported latest is the latest version.
  const latest = standing.reduce((a, b) => {
    const [x, y] = [reportedInstant(a.reportedAt), reportedInstant(b.reportedAt)];
    return y > x || (y === x && claims.indexOf(b) > claims.indexOf(a)) ? b : a;
  });
  const pin = claims.find((c) => c.id === pinned);
  return {
    low: lows.length > 0 ? Math.min(...lows) : null,
    best: pin?.best ?? latest.best ?? null,
    high: closed.length === highs.length ? Math.max(...closed) : null,
  };
}

function tableOf(tables: Map<string, FigureTable>, side: string): FigureTable {
  const table = tables.get(side) ?? {};
  tables.set(side, table);
  return table;
}

/**
 * What an incident says about casualties, by the policy `standing-claims/v1`: over claims not
 * withdrawn, the latest (by reportedAt, then version) per source, per indicator, population and
 * side. `low` is the smallest low (or best), `high` the largest high (or best; null if any claim is
 * open upwards), `best` that of the claim a reviewer pinned, else the latest claim's.
 */
export function casualtySummary(state: Recorded): CasualtySummary {
  const groups = new Map<string, [CasualtyClaim, ...CasualtyClaim[]]>();
  for (const claim of state.claims) {
    if (claim.asserts !== 'casualties' || claim.withdrawn) continue;
    const { indicator, population, side, count } = claim;
    const key = JSON.stringify([indicator, population, count !== undefined, side]);
    const group = groups.get(key);
    if (group) group.push(claim);
    else groups.set(key, [claim]);
  }
  const figures: FigureTable = {};
  const cumulative: FigureTable = {};
  // Maps, because a side may be called anything, also `__proto__`.
  const bySide = new Map<string, FigureTable>();
  const cumulativeBySide = new Map<string, FigureTable>();
  for (const claims of groups.values()) {
    const { indicator, population, side, count } = claims[0];
    let table = count ? cumulative : figures;
    if (side !== undefined) table = tableOf(count ? cumulativeBySide : bySide, side);
    const pinned = state.assessment?.pinnedClaimId;
    (table[indicator] ??= {})[population] = summarise(claims, pinned);
  }
  return {
    policy: CASUALTY_POLICY,
    figures,
    bySide: Object.fromEntries(bySide),
    cumulative,
    cumulativeBySide: Object.fromEntries(cumulativeBySide),
  };
}
