import { CASUALTY_POLICY } from './casualties.js';
import {
  codesOf,
  CROSSWALKS,
  type CrosswalkEntry,
  type Scheme,
  SCHEMES,
} from './codebook-crosswalk.js';
import {
  ACTOR_ROLE_MEANINGS,
  ASSERTION_MEANINGS,
  CAUSE_MEANINGS,
  GRADE_MEANINGS,
  INDICATOR_MEANINGS,
  KIND_DEFINITIONS,
  LINK_RELATION_MEANINGS,
  PLACE_PRECISION_MEANINGS,
  POPULATION_MEANINGS,
  SOURCE_TYPE_MEANINGS,
  SPAN_MEANINGS,
  STANCE_MEANINGS,
  STATUS_MEANINGS,
  TIME_PRECISION_MEANINGS,
} from './codebook-values.js';
import { type Kind, KINDS, LASTING_KINDS } from './values.js';

export interface CodebookKind {
  kind: Kind;
  definition: string;
  /** It stays in force until it is ended. */
  lasts: boolean;
  /** The codes of each vocabulary under which it falls. */
  codes: Record<Scheme, CodebookCode[]>;
}

/** A code as seen from a kind. */
export interface CodebookCode {
  code: string;
  label?: string;
  within?: string;
  /** True when the code is read as this kind; false when it only may mean it. */
  exact: boolean;
}

export interface CodebookValue {
  value: string;
  meaning: string;
}

export interface CodebookScheme {
  scheme: Scheme;
  title: string;
  /** The edition whose codes these are. */
  source: string;
  entries: CrosswalkEntry[];
}

/** All that is needed to read this ledger's words, as plain JSON. */
export interface Codebook {
  kinds: CodebookKind[];
  /** By field: each value that it may have, with its meaning. */
  values: Record<string, CodebookValue[]>;
  crosswalks: CodebookScheme[];
  /** The rule by which an incident's casualties are summed up from its claims. */
  casualtyPolicy: string;
}

const SOURCES: Record<Scheme, { title: string; source: string }> = {
  acled: {
    title: 'ACLED event and sub-event types',
    source: 'Armed Conflict Location & Event Data Project, Codebook, 2023 and later',
  },
  ucdp: {
    title: 'UCDP GED type_of_violence',
    source: 'UCDP Georeferenced Event Dataset Codebook, version 23.1',
  },
  cameo: {
    title: 'CAMEO root codes',
    source: 'CAMEO Event and Actor Codebook, version 1.1b3',
  },
  viina: {
    title: 'VIINA labels',
    source: 'VIINA 2.0, Violent Incident Information from News Articles, README',
  },
};

const FIELDS = {
  status: STATUS_MEANINGS,
  'occurred.precision': TIME_PRECISION_MEANINGS,
  'occurred.span': SPAN_MEANINGS,
  'location.precision': PLACE_PRECISION_MEANINGS,
  'actors.role': ACTOR_ROLE_MEANINGS,
  cause: CAUSE_MEANINGS,
  grade: GRADE_MEANINGS,
  'claims.asserts': ASSERTION_MEANINGS,
  'claims.source.type': SOURCE_TYPE_MEANINGS,
  'claims.indicator': INDICATOR_MEANINGS,
  'claims.population': POPULATION_MEANINGS,
  'responses.stance': STANCE_MEANINGS,
  'links.relation': LINK_RELATION_MEANINGS,
};

function codesFor(scheme: Scheme, kind: Kind): CodebookCode[] {
  return codesOf(scheme, kind).map(({ code, label, within, kind: read }) => ({
    code,
    ...(label !== undefined && { label }),
    ...(within !== undefined && { within }),
    exact: read === kind,
  }));
}

/** Kinds, values and crosswalks: what `GET /v1/codebook` answers. A new object each time. */
export function codebook(): Codebook {
  return {
    kinds: KINDS.map((kind) => ({
      kind,
      definition: KIND_DEFINITIONS[kind],
      lasts: LASTING_KINDS.has(kind),
      codes: {
        acled: codesFor('acled', kind),
        ucdp: codesFor('ucdp', kind),
        cameo: codesFor('cameo', kind),
        viina: codesFor('viina', kind),
      },
    })),
    values: Object.fromEntries(
      Object.entries(FIELDS).map(([field, meanings]) => [
        field,
        Object.entries(meanings).map(([value, meaning]) => ({ value, meaning })),
      ]),
    ),
    crosswalks: SCHEMES.map((scheme) => ({
      scheme,
      ...SOURCES[scheme],
      entries: CROSSWALKS[scheme].map((entry) => ({ ...entry })),
    })),
    casualtyPolicy: CASUALTY_POLICY,
  };
}
