/**
 * The values that incidents, claims and rows are made of. Plain JSON: absent is an absent key,
 * never null, 0 or "". Dates are ISO: a plain date (`2024-11-11`) stays a plain date, an instant
 * carries its offset (`2024-11-11T05:00:00Z`).
 */

/** What kind of thing happened. Crosswalks to ACLED, UCDP, CAMEO and VIINA: `codebook.ts`. */
export const KINDS = [
  'drone_attack',
  'missile_strike',
  'airstrike',
  'artillery_shelling',
  'ground_combat',
  'explosion',
  'armed_violence',
  'violence_against_civilians',
  'abduction',
  'air_alert',
  'blackout',
  'infrastructure_damage',
  'casualty_report',
  'displacement',
  'diplomatic_contact',
  'statement',
  'other',
] as const;
export type Kind = (typeof KINDS)[number];

/** Kinds that last until they are ended; every other kind begins as ended. */
export const LASTING_KINDS: ReadonlySet<Kind> = new Set(['air_alert', 'blackout', 'displacement']);

export const TIME_PRECISIONS = [
  'minute',
  'hour',
  'day',
  'week',
  'month',
  'year',
  'unknown',
] as const;
export const SPANS = ['lasted', 'within'] as const;

/**
 * When it happened. `lasted` (the default): it began at `start` and ended at `end`.
 * `within`: it happened at some time between them; either may be absent.
 */
export interface Occurred {
  start?: string;
  end?: string;
  span: (typeof SPANS)[number];
  precision: (typeof TIME_PRECISIONS)[number];
}

export const PLACE_PRECISIONS = [
  'exact',
  'vicinity',
  'locality',
  'area',
  'community',
  'district',
  'region',
  'country',
  'unknown',
] as const;
export type PlacePrecision = (typeof PLACE_PRECISIONS)[number];

/** WGS 84, degrees. */
export interface Point {
  lat: number;
  lon: number;
}

/** Where it happened. Only `exact`, `vicinity`, `locality` (and `area` with a radius) are places. */
export interface Location {
  point?: Point;
  precision: PlacePrecision;
  radiusKm?: number;
  name?: string;
  /** ISO 3166-1 alpha-2; a state that has no code keeps its name. */
  country?: string;
  /** ISO 3166-2 where known. */
  region?: string;
  regionName?: string;
  districtName?: string;
  communityName?: string;
}

export const ACTOR_ROLES = ['initiator', 'target', 'affected', 'participant', 'speaker'] as const;
export interface Actor {
  name: string;
  role: (typeof ACTOR_ROLES)[number];
  externalId?: string;
}

export const CAUSES = ['preventive', 'attack', 'technical', 'unknown'] as const;
export type Cause = (typeof CAUSES)[number];

export const SOURCE_TYPES = [
  'official',
  'media',
  'monitor',
  'social',
  'witness',
  'dataset',
  'unknown',
] as const;
export type SourceType = (typeof SOURCE_TYPES)[number];

/** Who says so. */
export interface Source {
  name: string;
  type: SourceType;
  url?: string;
  anonymous?: boolean;
}

export const INDICATORS = [
  'killed',
  'injured',
  'missing',
  'captured',
  'displaced',
  'hospitalised',
] as const;
export type Indicator = (typeof INDICATORS)[number];
export const POPULATIONS = [
  'all',
  'civilian',
  'military',
  'children',
  'women',
  'medical',
  'press',
] as const;
export type Population = (typeof POPULATIONS)[number];

/** A cumulative series: a counter that restarts is a new phase, never a negative day. */
export interface Count {
  asOf: string;
  cumulative: true;
  phase?: string;
}

/**
 * People counted: non-negative integers, low <= best <= high among those given, at least one
 * given. "At least six" is `low: 6` alone. A dataset's figures that break the order are kept as
 * stated and marked `inconsistent`.
 */
export interface Casualties {
  indicator: Indicator;
  population: Population;
  /** An actor's name. */
  side?: string;
  low?: number;
  best?: number;
  high?: number;
  inconsistent?: true;
  count?: Count;
}

export interface Weapon {
  model?: string;
  category: string;
  carrier?: string;
  launchPlace?: string;
  target?: string;
  launched?: number;
  intercepted?: number;
  notReached?: number;
  hits?: number;
}

export interface Damage {
  object: string;
  extent?: string;
  count?: number;
}

export const ASSERTIONS = [
  'occurrence',
  'casualties',
  'attribution',
  'damage',
  'weapons',
  'statement',
] as const;
export type Assertion = (typeof ASSERTIONS)[number];

interface ClaimCommon {
  text?: string;
  source: Source;
  /** The source that quotes the source, when the claim is second-hand. */
  via?: Source;
  /** When the source said so: a plain date or an instant. */
  reportedAt: string;
}

/** What one source says about an incident, without the id that the ledger gives it. */
export type ClaimBody = ClaimCommon &
  (
    | { asserts: 'occurrence' | 'statement' }
    | ({ asserts: 'casualties' } & Casualties)
    | { asserts: 'attribution'; actors: Actor[] }
    | { asserts: 'weapons'; weapons: Weapon[] }
    | { asserts: 'damage'; damage: Damage }
  );
/** A claim as recorded: its id is unique within the incident (`c1`, `c2`, … unless given). */
export type Claim = ClaimBody & { id: string };
/** A claim as reported: the id may be left to the ledger. */
export type NewClaim = ClaimBody & { id?: string };

export const STANCES = ['confirms', 'denies', 'disputes'] as const;
export interface ResponseBody {
  stance: (typeof STANCES)[number];
  by: { name: string; role?: string };
  source: Source;
  text?: string;
  reportedAt: string;
}
/** A party's answer to a claim; ids are `r1`, `r2`, … within the incident unless given. */
export type Response = ResponseBody & { id: string };

/** After Airwars; `contested` means competing responsibility, which is not `disputed`. */
export const GRADES = [
  'unassessed',
  'confirmed',
  'fair',
  'weak',
  'contested',
  'discounted',
] as const;
export type Grade = (typeof GRADES)[number];

export const LINK_RELATIONS = ['part_of', 'response_to', 'caused_by', 'same_attack'] as const;
export type LinkRelation = (typeof LINK_RELATIONS)[number];
export interface Link {
  relation: LinkRelation;
  /** The other incident's id. */
  to: string;
}

export interface Evidence {
  /** SHA-256 of the content, 64 hex digits in lower case. */
  sha256: string;
  mediaType: string;
  /** Where it is kept: a URL or an archive's reference. */
  keptAt: string;
  capturedBy: string;
  capturedAt: string;
  description?: string;
}

/** What describes an incident, apart from what sources claim about it. */
export interface Description {
  kind: Kind;
  title: string;
  description?: string;
  occurred: Occurred;
  location: Location;
  actors: Actor[];
  cause?: Cause;
}

/** A row's columns as published, by name. An empty cell is an empty string. */
export type Columns = Record<string, string>;
