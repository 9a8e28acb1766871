import type { Command } from 'commander';
import { loadSample, SampleError } from '#libs/importers';
import { loadConfig, SAMPLE_NAMES } from '#libs/platform';
import { CliError } from '../exit.js';
import { HttpLedger, NotAnswered } from '../import/index.js';
import { type ServiceOptions, targetOf, unreachable } from '../service-client.js';
import { print } from '../terminal/output.js';
import { serviceCommand } from './common.js';

export function sampleCommand(): Command {
  return serviceCommand('sample', 'load a bundled sample; twice changes nothing')
    .argument('<name>', SAMPLE_NAMES.join(', '))
    .action(async (name: string, flags: ServiceOptions & { json?: true }) => {
      const target = targetOf(flags, loadConfig());
      const ledger = new HttpLedger(target);
      try {
        const { recorded, already } = await loadSample(name, (lines) =>
          ledger.postCommands(
            lines.map((line) => JSON.stringify(line)),
            { dryRun: false },
          ),
        );
        const text = `${name}: ${String(recorded)} recorded, ${String(already)} were there already.`;
        print({ json: { sample: name, recorded, already }, text }, flags.json === true);
      } catch (error) {
        if (error instanceof NotAnswered) throw unreachable(target.url, error);
        if (error instanceof SampleError)
          throw new CliError(error.code === 'sample-unknown' ? 2 : 3, error.code, error.message);
        throw error;
      } finally {
        ledger.close();
      }
    });
}
