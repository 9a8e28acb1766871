import type { Config } from '#libs/platform';
import { CliError } from './exit.js';

/** The options that every command which talks to a service has. */
export interface ServiceOptions {
  url?: string;
  actor?: string;
}

export interface Target {
  url: string;
  headers: Record<string, string>;
}

/** Where the service is and as whom to speak to it: flags first, then the environment. */
export function targetOf(options: ServiceOptions, { client }: Config): Target {
  const actor = options.actor ?? client.actor;
  const url = (options.url ?? client.url).replace(/\/+$/, '');
  if (!/^https?:\/\//.test(url) || !URL.canParse(url))
    throw new CliError(
      2,
      'usage',
      `--url ${url}: an address like http://127.0.0.1:3000 is wanted.`,
    );
  if (actor !== undefined && (actor.length < 1 || actor.length > 200))
    throw new CliError(2, 'usage', '--actor: a name of 1 to 200 characters is wanted.');
  // Headers travel as Latin-1: the name's UTF-8 bytes, one a character.
  const header = actor === undefined ? undefined : Buffer.from(actor, 'utf8').toString('latin1');
  return { url, headers: header === undefined ? {} : { 'Ledger-Actor': header } };
}

/** Nobody answers there: what to do about it. */
export function unreachable(url: string, cause: unknown): CliError {
  return new CliError(
    1,
    'service-unreachable',
    `The ledger at ${url} does not answer: start it with \`npm start\`, or name another with --url or LEDGER_URL.`,
    { cause, retryable: true },
  );
}

/** GETs JSON. A problem becomes a CliError in its words: exit 2 for a wrong request, else 1. */
export async function getJson<T>(target: Target, path: string): Promise<T> {
  let response: Response;
  try {
    response = await fetch(`${target.url}${path}`, { headers: target.headers });
  } catch (error) {
    throw unreachable(target.url, error);
  }
  const text = await response.text();
  const body = parse(text);
  if (response.ok && body !== undefined) return body as T;
  if (response.ok || body === undefined)
    throw new CliError(1, 'not-a-ledger', `What answers at ${target.url} is not a ledger.`);
  const problem = body as { code?: string; detail?: string; title?: string };
  throw new CliError(
    response.status === 400 ? 2 : 1,
    problem.code ?? `http-${String(response.status)}`,
    problem.detail ?? problem.title ?? text,
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
