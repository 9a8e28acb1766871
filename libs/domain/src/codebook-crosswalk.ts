import type { Kind } from './values.js';

/** Other people's vocabularies, of which this table knows the codes. */
export const SCHEMES = ['acled', 'ucdp', 'cameo', 'viina'] as const;
export type Scheme = (typeof SCHEMES)[number];

/** One code of another vocabulary and what we read it as. */
export interface CrosswalkEntry {
  code: string;
  /** The code's own words, where the code is a number or an abbreviation. */
  label?: string;
  /** The code that this one is part of (ACLED: the event type of a sub-event type). */
  within?: string;
  /** What an importer records. */
  kind: Kind;
  /** Kinds that fall under the code too, but that the code alone does not state. */
  also?: readonly Kind[];
}

type Row = readonly [code: string, kind: Kind, ...also: Kind[]];

function acled(within: string, kind: Kind, rows: readonly Row[]): CrosswalkEntry[] {
  const type = { code: within, kind };
  return [type, ...rows.map(([code, ...kinds]) => ({ code, within, ...read(kinds) }))];
}

function read([kind = 'other', ...also]: readonly Kind[]): Pick<CrosswalkEntry, 'kind' | 'also'> {
  return { kind, ...(also.length > 0 && { also }) };
}

function labelled(rows: readonly (readonly [string, string, Kind, ...Kind[]])[]): CrosswalkEntry[] {
  return rows.map(([code, label, ...kinds]) => ({ code, label, ...read(kinds) }));
}

/**
 * ACLED event types and, within them, sub-event types. Two sub-event types put several means
 * together: an air or drone strike is read as `airstrike`, shelling, artillery or missiles as
 * `artillery_shelling`, whose definitions say so.
 *
 * Source: Armed Conflict Location & Event Data Project, Codebook, 2023 and later, "Event types and
 * sub-event types".
 */
const ACLED: readonly CrosswalkEntry[] = [
  ...acled('Battles', 'ground_combat', [
    ['Government regains territory', 'ground_combat'],
    ['Non-state actor overtakes territory', 'ground_combat'],
    ['Armed clash', 'ground_combat'],
  ]),
  ...acled('Protests', 'other', [
    ['Excessive force against protesters', 'violence_against_civilians'],
    ['Protest with intervention', 'other'],
    ['Peaceful protest', 'other'],
  ]),
  ...acled('Riots', 'other', [
    ['Violent demonstration', 'other'],
    ['Mob violence', 'other'],
  ]),
  ...acled('Explosions/Remote violence', 'explosion', [
    ['Chemical weapon', 'armed_violence'],
    ['Air/drone strike', 'airstrike', 'drone_attack'],
    ['Suicide bomb', 'explosion'],
    ['Shelling/artillery/missile attack', 'artillery_shelling', 'missile_strike'],
    ['Remote explosive/landmine/IED', 'explosion'],
    ['Grenade', 'explosion'],
  ]),
  ...acled('Violence against civilians', 'violence_against_civilians', [
    ['Sexual violence', 'violence_against_civilians'],
    ['Attack', 'violence_against_civilians'],
    ['Abduction/forced disappearance', 'abduction'],
  ]),
  ...acled('Strategic developments', 'other', [
    ['Agreement', 'diplomatic_contact'],
    ['Arrests', 'other'],
    ['Change to group/activity', 'other'],
    ['Disrupted weapons use', 'other'],
    ['Headquarters or base established', 'other'],
    ['Looting/property destruction', 'infrastructure_damage'],
    ['Non-violent transfer of territory', 'other'],
    ['Other', 'other'],
  ]),
];

/**
 * UCDP `type_of_violence`. It tells who fought, not by what means, so types 1 and 2 are
 * `armed_violence`, and no kind that states a means has a UCDP code.
 *
 * Source: Högbladh, UCDP GED Codebook version 23.1, Uppsala University, 2023.
 */
const UCDP = labelled([
  ['1', 'State-based violence', 'armed_violence'],
  ['2', 'Non-state violence', 'armed_violence'],
  ['3', 'One-sided violence', 'violence_against_civilians'],
]);

/**
 * CAMEO root codes (GDELT's `EventRootCode`).
 *
 * Source: Schrodt, CAMEO Conflict and Mediation Event Observations: Event and Actor Codebook,
 * version 1.1b3, 2012, chapter 2.
 */
const CAMEO = labelled([
  ['01', 'Make public statement', 'statement'],
  ['02', 'Appeal', 'statement'],
  ['03', 'Express intent to cooperate', 'statement'],
  ['04', 'Consult', 'diplomatic_contact'],
  ['05', 'Engage in diplomatic cooperation', 'diplomatic_contact'],
  ['06', 'Engage in material cooperation', 'other'],
  ['07', 'Provide aid', 'other'],
  ['08', 'Yield', 'other'],
  ['09', 'Investigate', 'other'],
  ['10', 'Demand', 'statement'],
  ['11', 'Disapprove', 'statement'],
  ['12', 'Reject', 'statement'],
  ['13', 'Threaten', 'statement'],
  ['14', 'Protest', 'other'],
  ['15', 'Exhibit force posture', 'other'],
  ['16', 'Reduce relations', 'other'],
  ['17', 'Coerce', 'other'],
  ['18', 'Assault', 'armed_violence', 'violence_against_civilians', 'abduction', 'explosion'],
  [
    '19',
    'Fight',
    'armed_violence',
    'ground_combat',
    'artillery_shelling',
    'airstrike',
    'drone_attack',
    'missile_strike',
  ],
  ['20', 'Use unconventional mass violence', 'violence_against_civilians', 'displacement'],
]);

/**
 * VIINA's labels of what a report is about (columns `t_airstrike` and so on). Labels that qualify
 * a report (`t_mil`, `t_loc`) are no kinds and have no entry.
 *
 * Source: Zhukov, VIINA 2.0: Violent Incident Information from News Articles, README, "Event
 * classification".
 */
const VIINA = labelled([
  ['t_uav', 'Unmanned or remotely piloted aerial vehicle', 'drone_attack'],
  [
    't_airstrike',
    'Air strike, strategic bombing, helicopter strike',
    'airstrike',
    'missile_strike',
  ],
  ['t_artillery', 'Shelling by artillery, mortar or rocket systems', 'artillery_shelling'],
  ['t_armor', 'Tank battle or assault', 'ground_combat'],
  ['t_firefight', 'Exchange of gunfire', 'ground_combat'],
  ['t_raid', 'Assault by paratroopers or special forces', 'ground_combat'],
  ['t_ied', 'Improvised explosive device, mine, car bomb, explosion', 'explosion'],
  ['t_hospital', 'Attack on a hospital or humanitarian convoy', 'violence_against_civilians'],
  ['t_property', 'Destruction of property or infrastructure', 'infrastructure_damage', 'blackout'],
  ['t_airalert', 'Air raid siren or alert', 'air_alert'],
  ['t_milcas', 'Military casualties', 'casualty_report'],
  ['t_civcas', 'Civilian casualties', 'casualty_report'],
  ['t_aad', 'Anti-air defence', 'other'],
  ['t_arrest', 'Arrest or detention of prisoners of war', 'other'],
  ['t_control', 'Territorial control established or claimed', 'other'],
  ['t_occupy', 'Occupation of territory or a building', 'other'],
  ['t_retreat', 'Retreat', 'other'],
  ['t_cyber', 'Cyber operation', 'other'],
  ['t_san', 'Economic sanctions', 'other'],
]);

/** Every code of each vocabulary that has an entry, in its own order. */
export const CROSSWALKS: Readonly<Record<Scheme, readonly CrosswalkEntry[]>> = {
  acled: ACLED,
  ucdp: UCDP,
  cameo: CAMEO,
  viina: VIINA,
};

const key = (text: string): string => text.trim().toLowerCase();
const within = (type: string, subType?: string): string =>
  JSON.stringify(subType === undefined ? [key(type)] : [key(type), key(subType)]);

const acledKinds = new Map(
  ACLED.map((e) => [e.within === undefined ? within(e.code) : within(e.within, e.code), e.kind]),
);
const ucdpKinds = new Map(UCDP.map(({ code, kind }) => [code, kind]));
const ucdpByLabel = new Map(UCDP.map(({ label = '', kind }) => [key(label), kind]));
const cameoKinds = new Map(CAMEO.map(({ code, kind }) => [code, kind]));
const viinaKinds = new Map(VIINA.map(({ code, kind }) => [code, kind]));

/**
 * The kind of an ACLED event by its event type and, where given, its sub-event type; letter case
 * does not matter. Undefined for a type, or a sub-event type within it, that has no entry.
 */
export function kindFromAcled(eventType: string, subEventType?: string): Kind | undefined {
  return acledKinds.get(within(eventType, subEventType));
}

/** The kind of a UCDP `type_of_violence`: 1, 2 or 3 (also as `1.0`), or its name. */
export function kindFromUcdp(type: string | number): Kind | undefined {
  const text = key(String(type));
  return ucdpKinds.get(text.replace(/\.0*$/, '')) ?? ucdpByLabel.get(text);
}

/** The kind of a CAMEO code by its root, its first two digits: `19`, `190` and `1951` are `19`. */
export function kindFromCameo(code: string): Kind | undefined {
  const digits = code.trim();
  if (!/^\d{1,4}$/.test(digits)) return undefined;
  return cameoKinds.get(digits.length === 1 ? `0${digits}` : digits.slice(0, 2));
}

/** The kind of a VIINA label: `t_uav`, also with the endings of its columns, `_b` and `_pred`. */
export function kindFromViina(label: string): Kind | undefined {
  return viinaKinds.get(key(label).replace(/_(?:b|pred)$/, ''));
}

/**
 * The codes of a vocabulary under which an incident of this kind falls: first those that are read
 * as the kind, then those that it may hide behind. Empty where the vocabulary has none.
 */
export function codesOf(scheme: Scheme, kind: Kind): CrosswalkEntry[] {
  const entries = CROSSWALKS[scheme];
  return [
    ...entries.filter((e) => e.kind === kind),
    ...entries.filter((e) => e.also?.includes(kind)),
  ];
}
