import type { Config, Logger } from '#libs/platform';

export interface Started {
  url: string;
  /** The sample that was loaded just now. */
  sample: string | undefined;
}

/** Where to look and what to try: for people in words, for programs as one line of the log. */
export function announce(config: Config, logger: Logger, { url, sample }: Started): void {
  if (config.log.format === 'json') {
    logger.info({ url, home: config.home, ...(sample !== undefined && { sample }) }, 'listening');
    return;
  }
  process.stdout.write(
    [
      '',
      `Conflict Ledger is at ${url}`,
      `  browse the API   ${url}/docs`,
      `  what it keeps    ${config.home}`,
      ...(sample === undefined
        ? []
        : [`  the ledger was empty: the sample ${sample} is in it now`]),
      '',
      ...(config.sample === 'none' ? generalQuestions(url) : sampleQuestions(url)),
      '',
      'Stop with Ctrl+C.',
      '',
      '',
    ].join('\n'),
  );
}

function sampleQuestions(url: string): string[] {
  return [
    'Three questions to try:',
    '  which reports are denied or disputed?',
    `    curl '${url}/v1/incidents?disputed=true'`,
    '  and what of them was known a day earlier?',
    `    curl '${url}/v1/incidents?disputed=true&knownAt=2024-11-10'`,
    '  where was the power off?',
    `    curl '${url}/v1/in-force?at=2024-11-11T12:00:00Z&kind=blackout'`,
  ];
}

function generalQuestions(url: string): string[] {
  return [
    'Three questions to try:',
    '  what is recorded?',
    `    curl '${url}/v1/incidents'`,
    '  how many by kind, and how many were killed?',
    `    curl '${url}/v1/stats?groupBy=kind'`,
    '  which imports ran, and how far are the queries?',
    `    curl '${url}/v1/status'`,
  ];
}
