import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { tempDir } from '#libs/testing';
import { describe, expect, it } from '@jest/globals';
import {
  ConfigError,
  type Environment,
  loadConfig,
  readEnvironment,
  SETTING_NAMES,
} from './config.js';

function problemsOf(env: Environment): Record<string, string> {
  try {
    loadConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) {
      for (const { name, message } of error.problems)
        expect(error.message).toContain(`${name}: ${message}`);
      return Object.fromEntries(error.problems.map((p) => [p.name, p.message]));
    }
    throw error;
  }
  return {};
}

describe('loadConfig', () => {
  it('has defaults for everything', () => {
    expect(loadConfig({ LOG_FORMAT: 'json' })).toEqual({
      host: '127.0.0.1',
      port: 3000,
      home: path.resolve('.ledger'),
      eventLog: { kind: 'embedded' },
      sample: '2024-11-11',
      log: { level: 'info', format: 'json' },
      client: { url: 'http://127.0.0.1:3000' },
    });
  });

  it('leaves the folder of test data to the tests', () => {
    expect(problemsOf({ LEDGER_TEST_DATA: '/data' })).toEqual({});
  });

  it('takes what is given, and an empty value as absent', () => {
    const config = loadConfig({
      HOST: '::1',
      PORT: '0',
      LEDGER_HOME: '/data/ledger',
      DATABASE_URL: 'postgresql://u:p@db/ledger',
      SAMPLE: 'none',
      LOG_LEVEL: '',
      LEDGER_URL: 'https://ledger.example/',
      LEDGER_ACTOR: 'Maria',
    });
    expect(config).toMatchObject({
      host: '::1',
      port: 0,
      home: '/data/ledger',
      databaseUrl: 'postgresql://u:p@db/ledger',
      sample: 'none',
      log: { level: 'info' },
      client: { url: 'https://ledger.example', actor: 'Maria' },
    });
  });

  it('lists every mistake at once, with what is accepted', () => {
    const problems = problemsOf({
      HOST: '0.0.0.0',
      PORT: '70000',
      EVENT_LOG: 'rabbit',
      DATABASE_URL: 'mysql://u:secret@h/d',
      SAMPLE: 'yes',
      LOG_LEVEL: 'loud',
      LOG_FORMAT: 'xml',
      LEDGER_URL: 'here',
      LEDGER_HOEM: 'x',
    });
    expect(Object.keys(problems)).toEqual([
      ...['HOST', 'PORT', 'EVENT_LOG', 'DATABASE_URL', 'SAMPLE', 'LOG_LEVEL', 'LOG_FORMAT'],
      ...['LEDGER_URL', 'LEDGER_HOEM'],
    ]);
    expect(problems.HOST).toMatch(/loopback.*no authentication/);
    expect(problems.PORT).toMatch(/0 .*65535.*it is "70000"/);
    expect(problems.LOG_LEVEL).toMatch(/fatal, error, warn, info, debug, trace, silent/);
    expect(problems.SAMPLE).toMatch(/2024-11-11, none/);
    expect(problems.DATABASE_URL).not.toContain('secret');
    expect(problems.LEDGER_HOEM).toContain('LEDGER_HOME');
  });

  it.each(['-1', '3000x', '1e3', ' 80', '123456'])('refuses the port "%s"', (port) => {
    expect(Object.keys(problemsOf({ PORT: port }))).toEqual(['PORT']);
  });

  it('says that Kafka is not in this version', () => {
    expect(problemsOf({ EVENT_LOG: 'kafka' }).EVENT_LOG).toContain('not in this version');
  });

  it.each(['127.0.0.1', '127.9.9.9', 'localhost', '::1'])('serves on %s', (host) => {
    expect(loadConfig({ HOST: host }).host).toBe(host);
  });

  it.each(['0.0.0.0', '::', '192.168.1.4', 'example.org', '127.0.0.1.example.org'])(
    'does not serve on %s',
    (host) => {
      expect(Object.keys(problemsOf({ HOST: host }))).toEqual(['HOST']);
    },
  );
});

describe('readEnvironment', () => {
  it('reads .env, below the real environment', () => {
    const temp = tempDir();
    mkdirSync(temp.path, { recursive: true });
    writeFileSync(path.join(temp.path, '.env'), '# note\nSAMPLE="none"\nPATH=from-file\n');
    const env = readEnvironment(temp.path);
    temp.dispose();
    expect(env.SAMPLE).toBe('none');
    expect(env.PATH).not.toBe('from-file');
  });
});

describe('.env.example', () => {
  const text = readFileSync(path.resolve(import.meta.dirname, '../../../.env.example'), 'utf8');
  const entries = [...text.matchAll(/^# ([A-Z_]+)=(.*)$/gm)];

  it('lists exactly the settings that there are, in order', () => {
    expect(entries.map(([, name]) => name)).toEqual(SETTING_NAMES);
  });

  it('has values that are accepted', () => {
    expect(
      problemsOf(Object.fromEntries(entries.map(([, name = '', value = '']) => [name, value]))),
    ).toEqual({});
  });
});
