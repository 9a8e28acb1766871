import { describe, expect, it } from '@jest/globals';
import {
  codesOf,
  CROSSWALKS,
  type CrosswalkEntry,
  kindFromAcled,
  kindFromCameo,
  kindFromUcdp,
  kindFromViina,
  type Scheme,
  SCHEMES,
} from './codebook-crosswalk.js';
import { codebook } from './codebook.js';
import {
  ACTOR_ROLES,
  ASSERTIONS,
  CAUSES,
  GRADES,
  INDICATORS,
  type Kind,
  KINDS,
  LINK_RELATIONS,
  PLACE_PRECISIONS,
  POPULATIONS,
  SOURCE_TYPES,
  SPANS,
  STANCES,
  TIME_PRECISIONS,
} from './values.js';

const LOOKUPS: Record<Scheme, (entry: CrosswalkEntry) => Kind | undefined> = {
  acled: ({ code, within }) =>
    within === undefined ? kindFromAcled(code) : kindFromAcled(within, code),
  ucdp: ({ code }) => kindFromUcdp(code),
  cameo: ({ code }) => kindFromCameo(code),
  viina: ({ code }) => kindFromViina(code),
};

describe.each(SCHEMES)('the crosswalk to %s', (scheme) => {
  const entries = CROSSWALKS[scheme];

  it('reads every code as the kind that the table says', () => {
    for (const entry of entries)
      expect([entry, LOOKUPS[scheme](entry)]).toEqual([entry, entry.kind]);
  });

  it('leads from every kind to codes, and from these back to it or to a kind that includes it', () => {
    for (const kind of KINDS)
      for (const entry of codesOf(scheme, kind)) {
        const back = LOOKUPS[scheme](entry);
        expect(back === kind || entry.also?.includes(kind)).toBe(true);
      }
    const reached = new Set(KINDS.flatMap((kind) => codesOf(scheme, kind)));
    expect(reached).toEqual(new Set(entries));
  });

  it('names no code twice, and no kind twice for a code', () => {
    const keys = entries.map(({ within, code }) => `${within ?? ''} > ${code}`);
    expect(new Set(keys).size).toBe(keys.length);
    for (const { kind, also = [] } of entries)
      expect(new Set([kind, ...also]).size).toBe(also.length + 1);
  });
});

describe('what importers meet', () => {
  it('UCDP: no means is invented', () => {
    expect([1, '2', ' 3 ', '1.0', 'One-sided violence'].map(kindFromUcdp)).toEqual([
      'armed_violence',
      'armed_violence',
      'violence_against_civilians',
      'armed_violence',
      'violence_against_civilians',
    ]);
    expect(codesOf('ucdp', 'airstrike')).toEqual([]);
  });

  it('ACLED: the sub-event type decides, else the event type', () => {
    expect(kindFromAcled('Battles')).toBe('ground_combat');
    expect(kindFromAcled('Explosions/Remote violence', 'Air/drone strike')).toBe('airstrike');
    expect(kindFromAcled('explosions/remote violence', ' GRENADE')).toBe('explosion');
    expect(codesOf('acled', 'drone_attack').map((e) => e.code)).toEqual(['Air/drone strike']);
  });

  it('CAMEO: by the root, with or without its zero', () => {
    expect(['04', '4', '040', '1951', '20'].map(kindFromCameo)).toEqual([
      'diplomatic_contact',
      'diplomatic_contact',
      'diplomatic_contact',
      'armed_violence',
      'violence_against_civilians',
    ]);
  });

  it('VIINA: with the endings of its columns', () => {
    expect(['t_uav', 't_uav_b', 't_airalert_pred'].map(kindFromViina)).toEqual([
      'drone_attack',
      'drone_attack',
      'air_alert',
    ]);
  });

  it('without an entry: undefined', () => {
    expect(['4', '', '1.5'].map(kindFromUcdp)).toEqual(Array(3).fill(undefined));
    expect(kindFromAcled('Battles', 'Grenade')).toBeUndefined();
    expect(kindFromAcled('constructor')).toBeUndefined();
    expect(['', '21', '00', 'fight', '19x'].map(kindFromCameo)).toEqual(Array(5).fill(undefined));
    expect(['t_mil', 't_loc_b', 'airstrike'].map(kindFromViina)).toEqual(Array(3).fill(undefined));
  });
});

describe('codebook', () => {
  const book = codebook();

  it('defines every kind', () => {
    expect(book.kinds.map((k) => k.kind)).toEqual([...KINDS]);
    expect(book.kinds.filter((k) => k.lasts).map((k) => k.kind)).toEqual([
      'air_alert',
      'blackout',
      'displacement',
    ]);
    for (const { definition } of book.kinds) expect(definition).toMatch(/^[A-Z].{15,}\.$/);
  });

  it('gives every value of every field, in order, with a meaning', () => {
    const values = Object.fromEntries(
      Object.entries(book.values).map(([field, vs]) => [field, vs.map((v) => v.value)]),
    );
    expect(values).toEqual({
      status: ['open', 'ended', 'retracted', 'merged'],
      'occurred.precision': [...TIME_PRECISIONS],
      'occurred.span': [...SPANS],
      'location.precision': [...PLACE_PRECISIONS],
      'actors.role': [...ACTOR_ROLES],
      cause: [...CAUSES],
      grade: [...GRADES],
      'claims.asserts': [...ASSERTIONS],
      'claims.source.type': [...SOURCE_TYPES],
      'claims.indicator': [...INDICATORS],
      'claims.population': [...POPULATIONS],
      'responses.stance': [...STANCES],
      'links.relation': [...LINK_RELATIONS],
    });
    for (const { meaning } of Object.values(book.values).flat()) expect(meaning).toMatch(/\.$/);
  });

  it('says which codes mean a kind and which only may', () => {
    const drone = book.kinds.find((k) => k.kind === 'drone_attack');
    expect(drone?.codes).toEqual({
      acled: [{ code: 'Air/drone strike', within: 'Explosions/Remote violence', exact: false }],
      ucdp: [],
      cameo: [{ code: '19', label: 'Fight', exact: false }],
      viina: [{ code: 't_uav', label: 'Unmanned or remotely piloted aerial vehicle', exact: true }],
    });
  });

  it('is plain JSON', () => {
    expect(JSON.parse(JSON.stringify(book))).toEqual(book);
  });
});
