/** Rectangles (see `incident/versions.ts`) whose state is of a lasting kind and not retracted. */
export function inForceDdl(schema: string): string[] {
  return [
    `CREATE TABLE ${schema}.in_force (
      incident_id uuid NOT NULL,
      kind text NOT NULL,
      country text,
      region text,
      region_name text,
      district_name text,
      community_name text,
      -- in force when starts <= at < ends; a plain-date end lasts to the end of that UTC day
      starts timestamptz,
      ends timestamptz,
      -- false when the start is a plain date
      starts_certain boolean NOT NULL,
      last_report timestamptz NOT NULL,
      recorded_from timestamptz NOT NULL,
      recorded_to timestamptz NOT NULL,
      known_from timestamptz NOT NULL,
      known_to timestamptz NOT NULL
    )`,
    `CREATE INDEX ON ${schema}.in_force (kind, starts, ends)`,
    `CREATE INDEX ON ${schema}.in_force (incident_id)`,
  ];
}
