import { describe, expect, it } from '@jest/globals';
import { isTransient } from './transient.js';

const coded = (code: string): Error => Object.assign(new Error('x'), { code });

describe('isTransient', () => {
  it.each(['08006', '40001', '40P01', '53100', '53300', '57P01', '57014', '58030'])(
    'SQLSTATE %s is what the database says about itself',
    (code) => {
      expect(isTransient(coded(code))).toBe(true);
    },
  );

  it.each(['ECONNREFUSED', 'ECONNRESET', 'EPIPE'])('%s is a lost connection', (code) => {
    expect(isTransient(coded(code))).toBe(true);
  });

  it.each(['23505', '22P02', '42P01', '22021', 'ENOENT'])('%s is not', (code) => {
    expect(isTransient(coded(code))).toBe(false);
  });

  it('knows messages of pg that have no code', () => {
    expect(isTransient(new Error('Connection terminated unexpectedly'))).toBe(true);
    expect(isTransient(new Error('timeout exceeded when trying to connect'))).toBe(true);
    expect(isTransient(new Error('bind message has 3 parameter formats'))).toBe(false);
  });

  it('looks into wrappers', () => {
    expect(isTransient(new Error('wrapped', { cause: coded('57P03') }))).toBe(true);
    expect(isTransient(Object.assign(new Error('q'), { driverError: coded('08006') }))).toBe(true);
    expect(isTransient(new AggregateError([coded('ECONNREFUSED')]))).toBe(true);
    expect(isTransient(undefined)).toBe(false);
    expect(isTransient('ECONNREFUSED')).toBe(false);
  });
});
