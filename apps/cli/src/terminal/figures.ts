interface Figures {
  low: number | null;
  best: number | null;
  high: number | null;
}

/** "killed (all)  at least 6, best unknown": a line for each indicator and population. */
export function figuresText(
  table: Readonly<Record<string, Readonly<Record<string, Figures | undefined>> | undefined>>,
): string[] {
  return Object.entries(table).flatMap(([indicator, populations]) =>
    Object.entries(populations ?? {}).flatMap(([population, figures]) =>
      figures ? [`${indicator} (${population}): ${inWords(figures)}`] : [],
    ),
  );
}

function inWords({ low, best, high }: Figures): string {
  const bounds =
    low !== null && high !== null
      ? `${String(low)} to ${String(high)}`
      : low !== null
        ? `at least ${String(low)}`
        : high !== null
          ? `at most ${String(high)}`
          : 'unknown';
  return `${bounds}, best ${best === null ? 'unknown' : String(best)}`;
}
