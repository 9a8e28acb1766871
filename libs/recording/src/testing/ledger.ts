import path from 'node:path';
import { partitionOf } from '#libs/contracts';
import type { Command } from '#libs/domain';
import {
  type EmbeddedLog,
  type EventLog,
  type LogRecord,
  type LogWriter,
  openEmbeddedLog,
} from '#libs/event-log';
import { openRecorder, type RecorderOptions } from '../recorder.js';
import type { Answer, CommandRequest, Receipt, Recorder } from '../types.js';

export interface TestLedger {
  log: EmbeddedLog;
  recorder: Recorder;
  /** What the recorder logged. */
  messages: string[];
  close(): Promise<void>;
}

type Append = (writer: LogWriter, batch: readonly LogRecord[]) => Promise<string[]>;

export type TestLedgerOptions = Partial<Omit<RecorderOptions, 'log' | 'dir'>> & {
  /** Stands between the recorder and the log's append. */
  append?: Append;
  /** Stands before the taking of a partition. */
  beforeOpening?: (partition: number) => void;
};

/** Opens a log and a recorder in `home/log` and `home/states`. */
export async function openLedger(
  home: string,
  { append, beforeOpening, ...options }: TestLedgerOptions = {},
): Promise<TestLedger> {
  const log = openEmbeddedLog({ dir: path.join(home, 'log') });
  const messages: string[] = [];
  const keep = (message: string): void => {
    messages.push(message);
  };
  try {
    const recorder = await openRecorder({
      log: wrapped(log, append ?? ((writer, batch) => writer.append(batch)), beforeOpening),
      dir: path.join(home, 'states'),
      logger: { warn: keep, error: keep },
      ...options,
    });
    const close = async (): Promise<void> => {
      await recorder.close();
      await log.close();
    };
    return { log, recorder, messages, close };
  } catch (error) {
    await log.close();
    throw error;
  }
}

function wrapped(
  log: EventLog,
  append: Append,
  beforeOpening: (partition: number) => void = () => undefined,
): EventLog {
  return {
    partitions: log.partitions,
    openWriter: async (partition) => {
      beforeOpening(partition);
      const writer = await log.openWriter(partition);
      return {
        partition,
        get head() {
          return writer.head;
        },
        append: (batch) => append(writer, batch),
        close: () => writer.close(),
      };
    },
    read: (...args) => log.read(...args),
    follow: (...args) => log.follow(...args),
    ends: () => log.ends(),
    close: () => log.close(),
  };
}

let keys = 0;

/** A request by `tester`, with a key of its own unless one is given. */
export function request(
  streamId: string,
  command: Command,
  overrides: Partial<CommandRequest> = {},
): CommandRequest {
  return {
    command,
    streamId,
    caller: 'tester',
    role: 'recorder',
    key: `key-${String(++keys)}`,
    correlationId: 'specification',
    ...overrides,
  };
}

/** The receipt of an accepted command; any other answer fails the test. */
export function receiptOf(answer: Answer | undefined): Receipt {
  if (answer?.kind === 'accepted') return answer.receipt;
  throw new Error(`not accepted: ${JSON.stringify(answer)}`);
}

/** `count` ids of incidents in one partition. */
export function idsIn(partition: number, count: number): string[] {
  const ids: string[] = [];
  for (let n = 0; ids.length < count; n += 1) {
    const id = `5a2f4f0e-7a1c-4c55-8f5d-${String(n).padStart(12, '0')}`;
    if (partitionOf(id) === partition) ids.push(id);
  }
  return ids;
}

/** An id in a partition; `n` tells several apart. */
export function idIn(partition: number, n = 0): string {
  return idsIn(partition, n + 1)[n] ?? '';
}
