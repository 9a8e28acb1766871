import { closeSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { tempDir } from '#libs/testing';
import { describe, expect, it } from '@jest/globals';
import type { LogFormat } from './config.js';
import { createLogger } from './logging.js';
import { createMetrics, observe } from './metrics.js';

function written(format: LogFormat): string {
  const temp = tempDir();
  const file = path.join(temp.path, 'log');
  const fd = openSync(file, 'w');
  const logger = createLogger({ level: 'info', format }, fd);
  logger.debug('not shown');
  logger.info({ context: 'Recorder', password: 'secret' }, 'written');
  closeSync(fd);
  const text = readFileSync(file, 'utf8');
  temp.dispose();
  return text;
}

describe('createLogger', () => {
  it('writes one JSON document a line, without secrets', () => {
    const lines = written('json').trimEnd().split('\n');
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      level: 30,
      context: 'Recorder',
      password: '[hidden]',
      msg: 'written',
    });
  });

  it('writes for people', () => {
    expect(written('pretty')).toMatch(/INFO.*\[Recorder\] written/);
  });
});

describe('createMetrics', () => {
  it("has Node's metrics and ours, and outlives what it watches", async () => {
    const registry = createMetrics({ role: 'test' });
    const errors: unknown[] = [];
    const onError = (error: unknown): void => {
      errors.push(error);
    };
    observe(registry, 'ledger_lag_events', 'Lag.', () => 7, onError);
    observe(registry, 'ledger_broken', 'Broken.', () => Promise.reject(new Error('gone')), onError);
    const text = await registry.metrics();
    expect(text).toContain('ledger_lag_events{role="test"} 7');
    expect(text).toContain('process_cpu_seconds_total{role="test"}');
    expect(text).not.toMatch(/^ledger_broken/m);
    expect(errors).toHaveLength(1);
  });
});
