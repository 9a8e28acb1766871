import type { Recorded } from './state.js';
import type {
  Actor,
  Assertion,
  Cause,
  Grade,
  Indicator,
  Kind,
  LinkRelation,
  Occurred,
  PlacePrecision,
  Population,
  ResponseBody,
  SourceType,
} from './values.js';

type Meanings<V extends string> = Readonly<Record<V, string>>;

/** What each kind of incident means. */
export const KIND_DEFINITIONS: Meanings<Kind> = {
  drone_attack: 'Attack by unmanned aircraft, one-way or dropping munitions.',
  missile_strike: 'Strike by cruise or ballistic missiles, whatever launched them.',
  airstrike:
    'Strike from the air by bombs or missiles of aircraft; also where the source does not tell aircraft from drones.',
  artillery_shelling:
    'Shelling by guns, mortars or rocket launchers; also where the source does not tell these from missiles.',
  ground_combat: 'Armed groups fighting each other on the ground.',
  explosion: 'A blast by other means than shelling or a strike: mine, bomb, grenade, or unknown.',
  armed_violence:
    'Violence with arms whose means the source does not state, or for which there is no kind.',
  violence_against_civilians: 'Deliberate violence of an armed group against unarmed people.',
  abduction: 'People taken away or made to disappear.',
  air_alert: 'A warning of attack from the air, from its sounding to its all-clear.',
  blackout: 'Electricity cut off, by order or by damage, until it is back.',
  infrastructure_damage: 'Damage to buildings, networks or other property, whatever caused it.',
  casualty_report: 'A count of casualties that is not tied to one attack.',
  displacement: 'People leaving or being moved from where they live.',
  diplomatic_contact: 'A call, meeting, negotiation or agreement between parties.',
  statement: 'Something said in public that matters by being said.',
  other: 'None of these; the source keeps its own code in the original.',
};

export const TIME_PRECISION_MEANINGS: Meanings<Occurred['precision']> = {
  minute: 'Known to the minute.',
  hour: 'Known to the hour.',
  day: 'Known to the day.',
  week: 'Known to a week or a few days.',
  month: 'Known to the month.',
  year: 'Known to the year.',
  unknown: 'How exactly is not known.',
};

export const SPAN_MEANINGS: Meanings<Occurred['span']> = {
  lasted: 'It began at the start and ended at the end.',
  within: 'It happened at some time between start and end; either may be unknown.',
};

export const PLACE_PRECISION_MEANINGS: Meanings<PlacePrecision> = {
  exact: 'The point is the place.',
  vicinity: 'The point is near the place.',
  locality: 'The point stands for a town or village.',
  area: 'A stretch of land; with a radius, a circle around the point.',
  community: 'Known to the community (hromada, municipality).',
  district: 'Known to the district (raion, second-order division).',
  region: 'Known to the region (oblast, first-order division).',
  country: 'Known to the country.',
  unknown: 'How exactly is not known.',
};

export const ACTOR_ROLE_MEANINGS: Meanings<Actor['role']> = {
  initiator: 'Did it.',
  target: 'It was done to them.',
  affected: 'It reached them without being aimed at them.',
  participant: 'Took part; who began is not said.',
  speaker: 'Said it.',
};

export const CAUSE_MEANINGS: Meanings<Cause> = {
  preventive: 'Ordered ahead of a threat.',
  attack: 'By an attack.',
  technical: 'By a fault.',
  unknown: 'Not said.',
};

export const SOURCE_TYPE_MEANINGS: Meanings<SourceType> = {
  official: 'A state body, armed force or party to the conflict.',
  media: 'A news organisation.',
  monitor: 'An organisation that watches and records the conflict.',
  social: 'An account on social media that is none of these.',
  witness: 'Someone who was there.',
  dataset: 'A published dataset.',
  unknown: 'Not said.',
};

export const INDICATOR_MEANINGS: Meanings<Indicator> = {
  killed: 'People killed.',
  injured: 'People injured.',
  missing: 'People missing.',
  captured: 'People taken prisoner.',
  displaced: 'People displaced.',
  hospitalised: 'People taken to hospital.',
};

export const POPULATION_MEANINGS: Meanings<Population> = {
  all: 'Everybody; the only population that sums are over unless asked otherwise.',
  civilian: 'Civilians.',
  military: 'Members of armed forces and groups.',
  children: 'Children.',
  women: 'Women.',
  medical: 'Medical workers.',
  press: 'Journalists and others who work for the press.',
};

export const ASSERTION_MEANINGS: Meanings<Assertion> = {
  occurrence: 'That it happened.',
  casualties: 'How many people were harmed, and so that it happened.',
  attribution: 'Who did it.',
  damage: 'What was damaged.',
  weapons: 'What was launched, shot down, and hit.',
  statement: 'That these words were said.',
};

export const STANCE_MEANINGS: Meanings<ResponseBody['stance']> = {
  confirms: 'The party says that the claim is true.',
  denies: 'The party says that the claim is false.',
  disputes: 'The party says otherwise in part.',
};

/** After the grading of Airwars (Methodology note, airwars.org/methodology-note-civilians). */
export const GRADE_MEANINGS: Meanings<Grade> = {
  unassessed: 'Nobody has assessed it yet.',
  confirmed: 'A party has accepted responsibility, or it is otherwise beyond doubt.',
  fair: 'Two or more generally credible sources report it.',
  weak: 'A single source claims it.',
  contested: 'Sources name different parties as responsible; not the same as disputed.',
  discounted: 'It was found not to have happened as claimed.',
};

export const LINK_RELATION_MEANINGS: Meanings<LinkRelation> = {
  part_of: 'It is part of the other incident and never enters a sum beside it.',
  response_to: 'It answers the other incident.',
  caused_by: 'The other incident caused it.',
  same_attack: 'Both belong to one attack.',
};

export const STATUS_MEANINGS: Meanings<Recorded['status']> = {
  open: 'Of a kind that lasts, and no end is known.',
  ended: 'It is over.',
  retracted: 'This ledger no longer holds that it happened, or should have been recorded.',
  merged: 'It is recorded under another id.',
};
