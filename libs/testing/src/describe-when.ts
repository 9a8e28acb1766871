// Jest's global rather than @jest/globals: that one throws where libs/testing is used outside Jest.
declare const describe: ((name: string, body: () => void) => void) & {
  skip: (name: string, body: () => void) => void;
};

/**
 * A suite that needs something which not every machine has. Without it the suite is skipped, and
 * the end of `npm test` names it with the reason.
 * @param missing what is missing and how to get it; undefined when all is there.
 */
export function describeWhen(missing: string | undefined, name: string, body: () => void): void {
  if (missing === undefined) describe(name, body);
  else describe.skip(`${name} (skipped: ${missing})`, body);
}
