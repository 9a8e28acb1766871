import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseEnv } from 'node:util';
import { z } from 'zod';

/** The settings of every process of this system, validated. Paths are absolute. */
export interface Config {
  host: string;
  /** 0: any free port. */
  port: number;
  /** Where the embedded log, the state stores and the embedded Postgres live. */
  home: string;
  eventLog: { kind: 'embedded' };
  /** Absent: the embedded Postgres under `home`. */
  databaseUrl?: string;
  /** What an empty ledger starts with. */
  sample: SampleName | 'none';
  log: { level: LogLevel; format: LogFormat };
  /** What the command line talks to, and as whom. */
  client: { url: string; actor?: string };
}

export const SAMPLE_NAMES = ['2024-11-11'] as const;
export type SampleName = (typeof SAMPLE_NAMES)[number];
export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];
export const LOG_FORMATS = ['pretty', 'json'] as const;
export type LogFormat = (typeof LOG_FORMATS)[number];

export type Environment = Record<string, string | undefined>;

/** What is wrong with the settings: every mistake at once, by name, with what is accepted. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly code = 'config-invalid';
  readonly retryable = false;
  constructor(readonly problems: readonly { name: string; message: string }[]) {
    super(
      ['The settings (environment or .env) have mistakes:']
        .concat(problems.map((p) => `  ${p.name}: ${p.message}`))
        .join('\n'),
    );
  }
}

/** Read by tests and benches alone, and no mistake where it is set for them. */
const TEST_DATA = 'LEDGER_TEST_DATA';

const oneOf = (values: readonly string[]): string => `must be one of ${values.join(', ')}`;

const settings = z.object({
  HOST: z
    .string()
    .refine(isLoopback, {
      error:
        'must be a loopback address (127.0.0.1, ::1 or localhost): this version has no ' +
        'authentication, so it serves this machine only',
    })
    .default('127.0.0.1'),
  PORT: z
    .string()
    .regex(/^\d{1,5}$/, { error: portMessage, abort: true })
    .transform(Number)
    .refine((port) => port <= 65_535, { error: portMessage })
    .default(3000),
  LEDGER_HOME: z.string().default('.ledger'),
  EVENT_LOG: z
    .enum(['embedded'], {
      error: ({ input }) =>
        input === 'kafka'
          ? '"kafka" comes with the Kafka adapter: not in this version; accepted: embedded'
          : 'must be embedded',
    })
    .default('embedded'),
  DATABASE_URL: z
    .string()
    .refine(isPostgresUrl, {
      error: 'must look like postgres://user:password@host:5432/database (Postgres 14 or newer)',
    })
    .optional(),
  SAMPLE: z
    .enum([...SAMPLE_NAMES, 'none'], { error: oneOf([...SAMPLE_NAMES, 'none']) })
    .default('2024-11-11'),
  LOG_LEVEL: z.enum(LOG_LEVELS, { error: oneOf(LOG_LEVELS) }).default('info'),
  LOG_FORMAT: z.enum(LOG_FORMATS, { error: oneOf(LOG_FORMATS) }).optional(),
  LEDGER_URL: z
    .url({ protocol: /^https?$/, error: 'must be an http(s) address like http://127.0.0.1:3000' })
    .default('http://127.0.0.1:3000'),
  LEDGER_ACTOR: z
    .string()
    .max(200, { error: 'must be a name of at most 200 characters' })
    .optional(),
});

/** The names of all settings, in the order of `.env.example`. */
export const SETTING_NAMES: readonly string[] = Object.keys(settings.shape);

function portMessage(): string {
  return 'must be a whole number from 0 (any free port) to 65535';
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

function isPostgresUrl(text: string): boolean {
  return URL.canParse(text) && /^postgres(ql)?:$/.test(new URL(text).protocol);
}

/** The process's environment over the `.env` file of the working directory. */
export function readEnvironment(directory = process.cwd()): Environment {
  const file = path.join(directory, '.env');
  const fromFile = existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : {};
  return { ...fromFile, ...process.env };
}

/**
 * Validates the settings; an empty value counts as absent.
 * @throws ConfigError listing every mistake.
 */
export function loadConfig(env: Environment = readEnvironment()): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = settings.safeParse(given);
  const unknown = Object.keys(given)
    .filter((name) => name.startsWith('LEDGER_') && !SETTING_NAMES.includes(name))
    .filter((name) => name !== TEST_DATA)
    .map((name) => ({
      name,
      message: `there is no such setting; there are ${SETTING_NAMES.join(', ')}`,
    }));
  if (!parsed.success || unknown.length > 0) {
    const issues = parsed.success ? [] : parsed.error.issues;
    throw new ConfigError([
      ...issues.map((issue) => ({
        name: issue.path.map(String).join('.'),
        message: `${issue.message}${shown(given[issue.path.map(String).join('.')], issue.path[0])}`,
      })),
      ...unknown,
    ]);
  }
  const s = parsed.data;
  return {
    host: s.HOST,
    port: s.PORT,
    home: path.resolve(s.LEDGER_HOME),
    eventLog: { kind: s.EVENT_LOG },
    ...(s.DATABASE_URL !== undefined && { databaseUrl: s.DATABASE_URL }),
    sample: s.SAMPLE,
    log: {
      level: s.LOG_LEVEL,
      format: s.LOG_FORMAT ?? (process.stdout.isTTY ? 'pretty' : 'json'),
    },
    client: {
      url: s.LEDGER_URL.replace(/\/+$/, ''),
      ...(s.LEDGER_ACTOR !== undefined && { actor: s.LEDGER_ACTOR }),
    },
  };
}

/** The value that was refused, except where it may hold a password. */
function shown(value: string | undefined, name: unknown): string {
  return value === undefined || name === 'DATABASE_URL' ? '' : ` (it is "${value.slice(0, 100)}")`;
}
