import { spawn, type ChildProcessByStdio } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { until } from '../../contract/fixture.js';

const here = import.meta.dirname;

/** What a child may say; see child.ts. */
export interface Said {
  acked?: unknown;
  code?: string;
  message?: string;
  count?: number;
  offset?: string;
  locked?: boolean;
  ready?: boolean;
  full?: boolean;
  hash?: string;
}

/** A process that runs child.ts; killed with `kill`, or when the test's process ends. */
export class Child {
  readonly said: Said[] = [];
  readonly exited: Promise<void>;
  #errors = '';
  #ended = false;
  readonly #process: ChildProcessByStdio<Writable, Readable, Readable>;

  /** `around` wraps the command, for example in a shell that sets a limit first. */
  constructor(
    mode: string,
    dir: string,
    partition = 0,
    around: (command: string[]) => string[] = (command) => command,
  ) {
    const loader = path.join(here, 'ts-loader.mjs');
    const program = path.join(here, 'child.ts');
    const [file = '', ...args] = around([
      process.execPath,
      '--conditions=source',
      '--import',
      loader,
      program,
      mode,
      dir,
      String(partition),
    ]);
    this.#process = spawn(file, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    this.#process.stderr.on('data', (data: Buffer) => (this.#errors += data.toString()));
    createInterface(this.#process.stdout).on('line', (line) => {
      this.said.push(JSON.parse(line) as Said);
    });
    this.exited = new Promise((resolve) => {
      this.#process.on('close', () => {
        this.#ended = true;
        resolve();
      });
    });
  }

  get pid(): number {
    if (this.#process.pid === undefined) throw new Error(`the child did not start`);
    return this.#process.pid;
  }

  /** Waits until it has said something that matches, and gives the first such. */
  async says(matches: (said: Said) => boolean, what: string): Promise<Said> {
    let found: Said | undefined;
    await until(() => {
      found = this.said.find(matches);
      return found !== undefined || this.#ended;
    }, what);
    if (!found) throw new Error(`the child ended before it said ${what}: ${this.#errors}`);
    return found;
  }

  tell(line: string): void {
    this.#process.stdin.write(`${line}\n`);
  }

  /** SIGKILL: it gets no chance to clean up. */
  async kill(): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.exited;
  }
}

/** The children of a test file; `killAll` goes into its `afterEach`. */
export class Children {
  readonly #all: Child[] = [];

  start(...args: ConstructorParameters<typeof Child>): Child {
    const child = new Child(...args);
    this.#all.push(child);
    return child;
  }

  async killAll(): Promise<void> {
    await Promise.all(this.#all.splice(0).map((child) => child.kill()));
  }
}
