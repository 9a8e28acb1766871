// Says at the very end what was skipped (a suite's name holds the reason: describeWhen in
// libs/testing), then the counts on one plain line that scripts can read.
export default class SummaryReporter {
  onRunComplete(_contexts, results) {
    const skipped = results.testResults.flatMap((suite) =>
      suite.testResults.filter((test) => test.status === 'pending'),
    );
    const names = new Set(
      skipped.map(
        (test) => test.ancestorTitles.find((t) => t.includes('(skipped: ')) ?? test.fullName,
      ),
    );
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    const lines = [
      ...[...names].map((name) => `skipped: ${name}`),
      `${results.numPassedTests} passed, ${failed} failed` +
        (skipped.length > 0 ? `, ${skipped.length} skipped` : ''),
    ];
    process.once('exit', () => process.stdout.write(`${lines.join('\n')}\n`));
  }
}
