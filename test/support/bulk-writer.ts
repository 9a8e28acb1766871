import { randomUUID } from 'node:crypto';
import { type BulkAnswer, linesOf } from './http.js';

/** A command that was sent, and the ids of its events once it was acknowledged. */
export interface SentCommand {
  line: object;
  key: string;
  eventIds?: string[];
}

const LINES = 400;

/**
 * Writes bulk requests one after another, several at a time, until it is told to stop or the
 * service is gone. Whatever answer line arrives whole counts as acknowledged.
 */
export class BulkWriter {
  readonly sent: SentCommand[] = [];
  #stopping = false;
  #running: Promise<unknown> = Promise.resolve();

  constructor(private readonly url: string) {}

  get acknowledged(): SentCommand[] {
    return this.sent.filter((command) => command.eventIds !== undefined);
  }

  start(requests = 3): this {
    this.#running = Promise.all(Array.from({ length: requests }, () => this.#write()));
    return this;
  }

  /** Resolves when the requests under way have ended, well or badly. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#running;
  }

  async #write(): Promise<void> {
    while (!this.#stopping) {
      const commands = batch();
      this.sent.push(...commands);
      const gone = await sendAll(this.url, commands);
      if (gone) return;
    }
  }
}

/** Sends commands in one request; true when the answer broke off or never came. */
export async function sendAll(url: string, commands: readonly SentCommand[]): Promise<boolean> {
  let text = '';
  try {
    const response = await fetch(`${url}/v1/commands`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-ndjson' },
      body: commands.map(({ line }) => `${JSON.stringify(line)}\n`).join(''),
    });
    for await (const chunk of response.body ?? [])
      text += Buffer.from(chunk as Uint8Array).toString('utf8');
    return false;
  } catch (error) {
    // The service was killed: that is what is tested. (fetch's errors come from outside Jest's realm.)
    if ((error as Error).name !== 'TypeError') throw error;
    return true;
  } finally {
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    for (const { line, receipt } of linesOf<BulkAnswer>(whole)) {
      const command = commands[line - 1];
      if (receipt && command) command.eventIds = receipt.events.map((event) => event.id);
    }
  }
}

/** New incidents, every other one with a claim after it. */
function batch(): SentCommand[] {
  return Array.from({ length: LINES / 2 }, (_, i) => {
    const incidentId = randomUUID();
    const reported = {
      command: 'report',
      incidentId,
      idempotencyKey: randomUUID(),
      data: {
        kind: 'explosion',
        title: `Explosion ${incidentId}`,
        reportedAt: '2024-11-11',
        occurred: { start: '2024-11-11', precision: 'day' },
      },
    };
    const claimed = {
      command: 'record-claim',
      incidentId,
      idempotencyKey: randomUUID(),
      data: {
        asserts: 'casualties',
        indicator: 'killed',
        best: i,
        source: { name: 'A newspaper', type: 'media' },
        reportedAt: '2024-11-11',
      },
    };
    return [reported, claimed].map((line) => ({ line, key: line.idempotencyKey }));
  }).flat();
}
