import { describe, expect, it } from '@jest/globals';
import { LogUrlError, parseLogUrl } from './parse-log-url.js';

describe('parseLogUrl', () => {
  it('reads the directory of an embedded log, whatever its name', () => {
    expect(parseLogUrl('embedded:.ledger/log')).toEqual({ kind: 'embedded', dir: '.ledger/log' });
    expect(parseLogUrl('embedded:C:\\ledger\\log').dir).toBe('C:\\ledger\\log');
    expect(parseLogUrl('embedded:/srv/a ledger').dir).toBe('/srv/a ledger');
  });

  it.each(['', 'embedded', '.ledger/log', 'kafka:localhost:9092/topic', 'embedded:'])(
    'refuses %p and says what to write',
    (url) => {
      expect(() => parseLogUrl(url)).toThrow(LogUrlError);
      expect(() => parseLogUrl(url)).toThrow(/write embedded:DIR/);
    },
  );
});
