import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { canonicalJson } from './canonical.js';
import { decodeEvent, encodeEvent, parseCloudEvent, verifyEvent } from './codec.js';
import { eventJsonSchema, eventSchemaEntries } from './json-schema.js';
import { registry } from './registry.js';

const folder = path.resolve(import.meta.dirname, '../golden');
const files = readdirSync(folder).sort();
const read = (file: string): unknown => JSON.parse(readFileSync(path.join(folder, file), 'utf8'));
const storedBytes = (file: string): Buffer => Buffer.from(canonicalJson(read(file)));

const ajv = new Ajv2020.default({ strict: true, allErrors: true });
addFormats.default(ajv);
const validators = new Map(
  eventSchemaEntries().map(({ type, version }) => [
    `${type}.${String(version)}.json`,
    ajv.compile(eventJsonSchema(type, version) ?? false),
  ]),
);

interface SchemaNode {
  properties?: Record<string, SchemaNode>;
  [keyword: string]: unknown;
}

/** Every property name that a JSON Schema speaks of, wherever it stands. */
function namesIn(node: unknown, names = new Set<string>()): Set<string> {
  if (typeof node !== 'object' || node === null) return names;
  const { properties } = node as SchemaNode;
  for (const name of Object.keys(properties ?? {})) names.add(name);
  for (const child of Object.values(node)) namesIn(child, names);
  return names;
}

/** Every key that a value has, wherever it stands. */
function keysIn(value: unknown, keys = new Set<string>()): Set<string> {
  if (typeof value !== 'object' || value === null) return keys;
  for (const [key, child] of Object.entries(value)) {
    keys.add(key);
    keysIn(child, keys);
  }
  return keys;
}

describe('golden events', () => {
  it('there is one of every event version ever written, and none of anything else', () => {
    const expected = eventSchemaEntries().map((e) => `${e.type}.${String(e.version)}.json`);
    expect(files).toEqual(expected.sort());
  });

  it.each(files)('%s verifies, and its JSON Schema takes it', (file) => {
    const verified = verifyEvent(storedBytes(file));
    expect(verified).toMatchObject({ ok: true });
    const validate = validators.get(file);
    expect(validate?.(read(file)) === true ? [] : validate?.errors).toEqual([]);
  });

  it.each(files)('%s is written again with the same bytes and hash', (file) => {
    const bytes = storedBytes(file);
    const { prevHash, hash, ...draft } = decodeEvent(bytes);
    // What older builds wrote is read, never written again.
    if (!parseCloudEvent(bytes).dataschema.endsWith(`:${String(registry[draft.type].version)}`))
      return;
    const again = encodeEvent(draft, prevHash);
    expect(again.bytes.toString()).toBe(bytes.toString());
    expect(again.hash).toBe(hash);
  });

  it.each(files)('%s holds no more and no less than its schema reads', (file) => {
    const { type, data } = decodeEvent(storedBytes(file));
    expect(registry[type].schema.parse(data)).toEqual(data);
  });

  it.each(eventSchemaEntries())('the one of $type shows every field', ({ type, version }) => {
    const schema = eventJsonSchema(type, version) as { properties: { data: SchemaNode } };
    const { data } = read(`${type}.${String(version)}.json`) as { data: object };
    expect(Object.keys(data).sort()).toEqual(
      Object.keys(schema.properties.data.properties ?? {}).sort(),
    );
  });

  it('together they show every field of every value', () => {
    const shown = new Set(files.flatMap((file) => [...keysIn(read(file))]));
    const named = eventSchemaEntries().flatMap(({ type, version }) => [
      ...namesIn(eventJsonSchema(type, version)),
    ]);
    expect([...new Set(named)].filter((name) => !shown.has(name))).toEqual([]);
  });
});

describe('JSON Schemas of the events', () => {
  it('refuse what is not such an event', () => {
    const golden = read('incident.reported.1.json') as { data: { claims: object[] } };
    const validate = validators.get('incident.reported.1.json');
    const { claims } = golden.data;
    for (const wrong of [
      { ...golden, type: 'conflict.incident.merged' },
      { ...golden, time: 'yesterday' },
      { ...golden, hash: 'x' },
      { ...golden, data: { ...golden.data, kind: 'war' } },
      { ...golden, data: { ...golden.data, more: 1 } },
      { ...golden, data: { ...golden.data, claims: [{ ...claims[1], low: -1 }] } },
      { ...golden, data: { ...golden.data, claims: [{ ...claims[1], best: 3.5 }] } },
      { ...golden, data: { ...golden.data, claims: [{ ...claims[0], asserts: 'damage' }] } },
    ])
      expect(validate?.(wrong)).toBe(false);
  });

  it('let extension attributes pass', () => {
    const validate = validators.get('incident.retracted.1.json');
    expect(validate?.({ ...(read('incident.retracted.1.json') as object), sequence: '1' })).toBe(
      true,
    );
  });

  it('are named by type and version', () => {
    expect(eventJsonSchema('incident.merged', 1)).toMatchObject({
      $id: 'urn:conflict-ledger:schema:incident.merged:1',
      $schema: 'https://json-schema.org/draft/2020-12/schema',
    });
    expect(eventJsonSchema('incident.merged', 2)).toBeUndefined();
    expect(eventJsonSchema('incident.merged', 0)).toBeUndefined();
    expect(eventJsonSchema('toString', 1)).toBeUndefined();
  });
});
