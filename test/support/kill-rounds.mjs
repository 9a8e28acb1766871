// Kills the service at random moments of bulk writing, as often as asked, and reports each round:
//   node --conditions=source --import ./tools/with-source.mjs test/support/kill-rounds.mjs 50
import { killRounds } from './kill-and-look.ts';
import { tempDir } from '../../libs/testing/src/index.ts';

const rounds = Number(process.argv[2] ?? 50);
const home = tempDir('ledger-kill-rounds-');
try {
  const reports = [];
  await killRounds(home.path, rounds, (report) => {
    reports.push(report);
    console.log(JSON.stringify(report));
  });
  const sum = (field) => reports.reduce((total, report) => total + report[field], 0);
  console.log(
    `${String(reports.length)} rounds: ${String(sum('acknowledged'))} commands acknowledged and found once, ` +
      `${String(sum('inDoubt'))} in doubt, of which ${String(sum('writtenInDoubt'))} were written; verify passed each time.`,
  );
} finally {
  home.dispose();
}
