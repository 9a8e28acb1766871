import { existsSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { tempDir } from '#libs/testing';
import { makeDirectory } from './make-directory.js';

describe('makeDirectory', () => {
  const dir = tempDir();
  afterAll(() => {
    dir.dispose();
  });

  it('makes the directories above it, and finds them made', () => {
    const deep = path.join(dir.path, 'a', 'b', 'c');
    makeDirectory(deep);
    makeDirectory(deep);
    expect(existsSync(deep)).toBe(true);
  });

  it('fails where no directory can be made', () => {
    expect(() => {
      makeDirectory('/proc/conflict-ledger/home');
    }).toThrow(/ENOENT|EACCES|EPERM|EROFS/);
  });
});
