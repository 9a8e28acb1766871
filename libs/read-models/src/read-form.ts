import {
  type CasualtySummary,
  type ClaimState,
  casualtySummary,
  type Figures,
  isDisputed,
  type Recorded,
  type Response,
  type RowState,
  type Source,
} from '#libs/domain';
import type { STATUSES } from './filters.js';
import { isoInstant } from './moments.js';

/** An incident as read: absent is null, never 0 or "". */
export interface IncidentForm extends DescriptionForm {
  id: string;
  version: number;
  /** Only when a merge of it is void, because it would have closed a cycle. */
  voidMerge?: { into: string };
  mergedInto: string | null;
  mergedFrom: string[];
  firstRecordedAt: string;
  lastRecordedAt: string;
  /** `partition:offset` of the last event in it. */
  position: string;
}

/** What stands in the log about an incident, without where it stands there. */
export interface DescriptionForm {
  status: (typeof STATUSES)[number];
  kind: string;
  title: string;
  description: string | null;
  occurred: { start: string | null; end: string | null; span: string; precision: string };
  location: LocationForm;
  actors: { name: string; role: string; externalId: string | null }[];
  casualties: { policy: CasualtySummary['policy'] } & Partial<
    Record<string, CasualtySummary['policy'] | Record<string, Figures>>
  >;
  cause: string | null;
  grade: string;
  disputed: boolean;
  claims: ClaimForm[];
  evidence: Record<string, string | null>[];
  links: { relation: string; to: string }[];
  datasets: DatasetForm[];
}

export interface LocationForm {
  point: { lat: number; lon: number } | null;
  precision: string;
  radiusKm: number | null;
  name: string | null;
  country: string | null;
  region: string | null;
  regionName: string | null;
  districtName: string | null;
  communityName: string | null;
}

interface SourceForm {
  name: string;
  type: string;
  url: string | null;
  anonymous: boolean;
}

/** A claim, with the fields of what it asserts (`indicator` … `high`, `actors`, `weapons`, `damage`). */
export interface ClaimForm extends Record<string, unknown> {
  id: string;
  source: SourceForm;
  via: SourceForm | null;
  asserts: string;
  text: string | null;
  reportedAt: string;
  withdrawn: boolean;
  withdrawnReason: string | null;
  responses: ResponseForm[];
}

interface ResponseForm {
  id: string;
  stance: string;
  by: { name: string; role: string | null };
  source: SourceForm;
  text: string | null;
  reportedAt: string;
}

interface DatasetForm {
  dataset: string;
  externalId: string;
  edition: string;
  /** Where it is listed now. */
  scopes: string[];
  /** False only when an edition dropped it and none lists it. */
  listed: boolean;
  original: Record<string, string>;
}

function sourceForm({ name, type, url, anonymous }: Source): SourceForm {
  return { name, type, url: url ?? null, anonymous: anonymous ?? false };
}

function responseForm({ id, stance, by, source, text, reportedAt }: Response): ResponseForm {
  return {
    id,
    stance,
    by: { name: by.name, role: by.role ?? null },
    source: sourceForm(source),
    text: text ?? null,
    reportedAt,
  };
}

/** What a claim asserts, with null for what it leaves open. */
function assertion(claim: ClaimState): Record<string, unknown> {
  switch (claim.asserts) {
    case 'casualties': {
      const { indicator, population, side, low, best, high, inconsistent, count } = claim;
      return {
        indicator,
        population,
        side: side ?? null,
        low: low ?? null,
        best: best ?? null,
        high: high ?? null,
        inconsistent: inconsistent ?? false,
        count: count ? { ...count, phase: count.phase ?? null } : null,
      };
    }
    case 'attribution':
      return { actors: claim.actors.map(actorForm) };
    case 'weapons':
      return {
        weapons: claim.weapons.map((w) => ({
          model: w.model ?? null,
          category: w.category,
          carrier: w.carrier ?? null,
          launchPlace: w.launchPlace ?? null,
          target: w.target ?? null,
          launched: w.launched ?? null,
          intercepted: w.intercepted ?? null,
          notReached: w.notReached ?? null,
          hits: w.hits ?? null,
        })),
      };
    case 'damage': {
      const { object, extent, count } = claim.damage;
      return { damage: { object, extent: extent ?? null, count: count ?? null } };
    }
    case 'occurrence':
    case 'statement':
      return {};
    default:
      return claim satisfies never;
  }
}

function claimForm(claim: ClaimState): ClaimForm {
  const { id, source, via, asserts, text, reportedAt, withdrawn, responses } = claim;
  return {
    id,
    source: sourceForm(source),
    via: via ? sourceForm(via) : null,
    asserts,
    ...assertion(claim),
    text: text ?? null,
    reportedAt,
    withdrawn: withdrawn !== undefined,
    withdrawnReason: withdrawn?.reason ?? null,
    responses: responses.map(responseForm),
  };
}

function actorForm({ name, role, externalId }: Recorded['actors'][number]) {
  return { name, role, externalId: externalId ?? null };
}

function datasetForm([dataset, row]: [string, RowState]): DatasetForm {
  const { externalId, edition, scopes, delistedFrom, columns } = row;
  return {
    dataset,
    externalId,
    edition,
    scopes,
    listed: scopes.length > 0 || delistedFrom.length === 0,
    original: columns,
  };
}

/** The incident's content as read, from the domain's state alone. */
export function describe(state: Recorded): DescriptionForm {
  const { occurred, location } = state;
  const { policy, figures } = casualtySummary(state);
  return {
    status: state.status,
    kind: state.kind,
    title: state.title,
    description: state.description ?? null,
    occurred: {
      start: occurred.start ?? null,
      end: occurred.end ?? null,
      span: occurred.span,
      precision: occurred.precision,
    },
    location: {
      point: location.point ?? null,
      precision: location.precision,
      radiusKm: location.radiusKm ?? null,
      name: location.name ?? null,
      country: location.country ?? null,
      region: location.region ?? null,
      regionName: location.regionName ?? null,
      districtName: location.districtName ?? null,
      communityName: location.communityName ?? null,
    },
    actors: state.actors.map(actorForm),
    casualties: { policy, ...figures },
    cause: state.cause ?? null,
    grade: state.grade,
    disputed: isDisputed(state),
    claims: state.claims.map(claimForm),
    evidence: state.evidence.map((e) => ({ ...e, description: e.description ?? null })),
    links: state.links.map(({ relation, to }) => ({ relation, to })),
    // jsonb keeps no order of keys: by name, so that the answer is the same from log and table.
    datasets: Object.entries(state.rows)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(datasetForm),
  };
}

/** Where a state stands: the columns of `incident_version` that the state does not hold. */
export interface Standing {
  id: string;
  version: number;
  /** The state's status if it is not merged. */
  status: 'open' | 'ended' | 'retracted';
  partition: number;
  offset: string;
  /** Milliseconds since the epoch. */
  firstRecorded: number;
  lastRecorded: number;
}

/** What the merges at that point say about one incident. */
export interface MergeStanding {
  into?: string | undefined;
  from?: readonly string[] | undefined;
  voidInto?: string | undefined;
}

/** An incident as the REST interface shows it, from its state, its place and its merges. */
export function readForm(state: Recorded, at: Standing, merge: MergeStanding = {}): IncidentForm {
  return {
    id: at.id,
    version: at.version,
    ...describe(state),
    status: merge.into === undefined ? at.status : 'merged',
    mergedInto: merge.into ?? null,
    mergedFrom: [...(merge.from ?? [])],
    ...(merge.voidInto !== undefined && { voidMerge: { into: merge.voidInto } }),
    firstRecordedAt: isoInstant(at.firstRecorded),
    lastRecordedAt: isoInstant(at.lastRecorded),
    position: `${String(at.partition)}:${at.offset}`,
  };
}
