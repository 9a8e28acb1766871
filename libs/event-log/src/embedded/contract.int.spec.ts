import path from 'node:path';
import { describeEventLogContract, type OpenedLog } from '../contract-suite.js';
import { openEmbeddedLog, type EmbeddedLog } from './embedded-log.js';
import { remove, temporaryDirectory } from './testing/temporary.js';

describeEventLogContract('embedded', open, { runs: 50 });

async function open(): Promise<OpenedLog> {
  const home = await temporaryDirectory();
  const dir = path.join(home, 'log');
  let log: EmbeddedLog = openEmbeddedLog({ dir });
  return {
    log,
    reopen: async () => {
      await log.close();
      log = openEmbeddedLog({ dir });
      return log;
    },
    dispose: async () => {
      await log.close();
      await remove(home);
    },
  };
}
