import type { Command } from 'commander';
import { openLogToRead } from '../log/open-log.js';
import { type Verification, verifyLog } from '../log/verify-log.js';
import { print } from '../terminal/output.js';
import { progressView } from '../terminal/progress.js';
import { logCommand } from './common.js';

export function verifyCommand(): Command {
  return logCommand(
    'verify',
    'check hash chain, versions, order and schema of every event in the log',
  ).action(async (flags: { json?: true; log?: string }) => {
    const log = openLogToRead(flags.log);
    const view = progressView('events');
    const started = Date.now();
    try {
      const verified = await verifyLog(log, (done) => {
        view.show({ phase: 'verifying', done });
      });
      view.end();
      const seconds = Math.round((Date.now() - started) / 10) / 100;
      const ok = verified.problems === 0;
      print(
        {
          json: { ok, log: log.dir, ...verified, seconds },
          text: textOf(verified, log.dir, seconds),
        },
        flags.json === true,
      );
      if (!ok) process.exitCode = 4;
    } finally {
      await log.close();
    }
  });
}

function textOf(verified: Verification, dir: string, seconds: number): string {
  const counted = `${String(verified.events)} events in ${String(verified.streams)} streams`;
  if (verified.problems === 0)
    return `${dir}: ${counted} are as they were written (${String(seconds)} s).`;
  const shown = verified.findings.map(
    ({ partition, offset, eventId, problem }) =>
      `  partition ${String(partition)}, offset ${offset ?? 'unknown'}, event ${eventId ?? 'unknown'}: ${problem}`,
  );
  const more = verified.problems - verified.findings.length;
  return [
    `${dir}: ${String(verified.problems)} found in ${counted}:`,
    ...shown,
    ...(more > 0 ? [`  and ${String(more)} more`] : []),
  ].join('\n');
}
