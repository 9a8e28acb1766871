/**
 * `incident` holds the rectangle of each incident that is current on both axes (recorded_to and
 * known_to are infinity); `incident_past` holds all others; `incident_version` is both.
 */
export function incidentDdl(schema: string): string[] {
  return [
    `CREATE TABLE ${schema}.incident (
      id uuid NOT NULL,
      version int NOT NULL,
      -- open, ended or retracted: a merge is an edge in incident_merge, valid or not at (a, k)
      status text NOT NULL,
      kind text NOT NULL,
      title text NOT NULL,
      -- the range covered: from the beginning of start to the end of end; null is unknown
      occurred_from timestamptz,
      occurred_to timestamptz,
      span text NOT NULL,
      -- for groups by period: lasted is counted where it starts, within where its window fits
      day_start date,
      day_end date,
      country text,
      region text,
      region_name text,
      district_name text,
      community_name text,
      place_precision text NOT NULL,
      -- only when it may be drawn: exact, vicinity, locality, or an area with a radius
      lat float8,
      lon float8,
      radius_km float8,
      grade text NOT NULL,
      disputed boolean NOT NULL,
      datasets text[] NOT NULL,
      external_ids text[] NOT NULL,
      -- names of the sources of claims that are not withdrawn
      sources text[] NOT NULL,
      -- false when some scope delisted it and none lists it
      listed boolean NOT NULL,
      part_of boolean NOT NULL,
      -- policy standing-claims/v1, population all, no side, not cumulative; null is unknown
      killed_low int,
      killed_best int,
      killed_high int,
      killed_claims boolean NOT NULL,
      injured_low int,
      injured_best int,
      injured_high int,
      injured_claims boolean NOT NULL,
      first_recorded timestamptz NOT NULL,
      partition int NOT NULL,
      -- of the last event folded
      "offset" bigint NOT NULL,
      state jsonb NOT NULL,
      recorded_from timestamptz NOT NULL,
      recorded_to timestamptz NOT NULL,
      known_from timestamptz NOT NULL,
      known_to timestamptz NOT NULL
    )`,
    `CREATE TABLE ${schema}.incident_past (LIKE ${schema}.incident)`,
    `ALTER TABLE ${schema}.incident ADD PRIMARY KEY (id)`,
    // the order of lists: what has no time at all stands before everything
    `CREATE INDEX ON ${schema}.incident ((coalesce(occurred_from, occurred_to, '-infinity')), id)`,
    `CREATE INDEX ON ${schema}.incident (recorded_from, id)`,
    `CREATE INDEX ON ${schema}.incident (country, kind)`,
    `CREATE INDEX ON ${schema}.incident USING gin (external_ids)`,
    `CREATE INDEX ON ${schema}.incident_past (id, recorded_from)`,
  ];
}

export function incidentViews(schema: string): Record<string, string> {
  return {
    incident: `SELECT * FROM ${schema}.incident`,
    incident_version: `SELECT * FROM ${schema}.incident UNION ALL SELECT * FROM ${schema}.incident_past`,
  };
}
