import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv2020, type AnySchema } from 'ajv/dist/2020.js';
import type { Command } from 'commander';
import { beforeEach, describe, expect, it } from 'vitest';
import { buildProgram, COMMAND_NAMES } from '../../src/cli/program.js';
import { tombstoneOf } from '../../src/session/lifecycle/ended.js';
import { MemoryStore } from '../../src/store/memory.js';
import { FileUserDirectory } from '../../src/users/file.js';
import { cli } from '../aid/cli/fake-context.js';
import { temporaryFolder } from '../aid/folder.js';
import { NOW, sample, storeOf } from '../aid/records.js';

/** How each command is run for its JSON, most plainly first. The command is the name of its schema. */
const RUNS: Readonly<Record<string, readonly string[][]>> = {
  list: [[], ['--expired'], ['--fields', 'id,seen'], ['--user', 'alice']],
  inspect: [
    ['aaaa', 'ffff'],
    ['aaaa', '--fields', 'data'],
  ],
  stats: [[], ['--expired'], ['--top', '1']],
  expire: [
    ['--all', '--yes'],
    ['aaaa', '--dry-run'],
  ],
  purge: [['--expired'], ['aaaa', '--yes']],
  copy: [['--to', 'other:', '--dry-run']],
  export: [['--output', 'sessions.ndjson']],
  import: [
    ['exported.ndjson', '--yes'],
    ['exported.ndjson', '--dry-run'],
  ],
  simulate: [
    ['--repeat', '2'],
    ['--login', '--name', 'zoe', '--password-stdin'],
    ['--login', '--name', 'nobody', '--password-stdin'],
    ['--cookie', 'MOIN_SESSION=user.x.y'],
    ['--logout'],
  ],
  'users list': [[]],
  'users add': [
    ['yan', '--password-stdin'],
    ['xi', '-n'],
  ],
  'users passwd': [['zoe', '--password-stdin']],
  'users disable': [['zoe']],
  'users enable': [['zoe']],
};
/** Commands that write no JSON. */
const WITHOUT_JSON = ['completion'];

/** A memory store at an address of its own. */
class OtherStore extends MemoryStore {
  override readonly location = 'other:' as 'memory:';
}

const FOLDER = fileURLToPath(new URL('../../schemas/', import.meta.url));
const PASSWORD = 'correct horse battery';
const pathOf = (command: string) => join(FOLDER, `${command.replaceAll(' ', '-')}.json`);

interface Schema {
  $id?: string;
  type?: string | string[];
  description?: string;
  properties?: Record<string, Schema>;
  additionalProperties?: unknown;
  items?: Schema;
  $defs?: Record<string, Schema>;
  $ref?: string;
}

function schemaIn(file: string): Schema {
  return JSON.parse(readFileSync(file, 'utf8'));
}

const ISO = /^(\d{4}|[+-]\d{6})-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const validator = () => new Ajv2020({ strict: true, allowUnionTypes: true, formats: { 'date-time': ISO } });

let cwd: string;
let store: MemoryStore;
beforeEach(async () => {
  cwd = temporaryFolder();
  writeFileSync(
    join(cwd, 'moin-sessions.config.json'),
    JSON.stringify({ users: 'users.json', secrets: 's'.repeat(32), anonymousCookieLifetime: 1 }),
  );
  await new FileUserDirectory(join(cwd, 'users.json'), { scrypt: { cost: 1024 } }).add('zoe', PASSWORD);
  store = await storeOf(
    sample('aaaa', {
      data: { cart: ['a'] },
      client: { address: '192.0.2.1', userAgent: 'x', url: '/' },
      ended: { at: NOW, by: 'administrator', reason: 'test' },
    }),
    sample('bbbb', { user: null, cookieExpires: NOW - 1 }),
    sample('cccc', { cookieExpires: NOW - 9e6 }),
    sample('dddd'),
  );
  await store.delete(sample('eeee').id, { tombstone: tombstoneOf('logout', NOW) });
  const { out } = await cli({ store }, 'export');
  writeFileSync(join(cwd, 'exported.ndjson'), out);
  store.putBytes(sample('ffff').id, '{');
});

async function json(command: string, argv: readonly string[], format: string): Promise<string> {
  const world = { cwd, store, stdin: PASSWORD, stores: { 'other:': new OtherStore() } };
  const { out, err, code } = await cli(world, ...command.split(' '), ...argv, '--format', format);
  expect([0, 4], err).toContain(code);
  return out;
}

/** The commands that can be run, as they are typed. */
async function leaves(): Promise<string[]> {
  const program = await buildProgram(COMMAND_NAMES, { columns: 80 } as never, { text: '' });
  const below = (command: Command, name: string): string[] =>
    command.commands.length === 0
      ? [name]
      : command.commands.flatMap((sub) => below(sub, `${name} ${sub.name()}`.trim()));
  return below(program, '');
}

it('every command has a schema of its JSON, and every schema a command', async () => {
  const commands = (await leaves()).filter((name) => !WITHOUT_JSON.includes(name));
  expect(commands.filter((name) => !existsSync(pathOf(name)))).toEqual([]);
  expect(commands.filter((name) => !(name in RUNS))).toEqual([]);
  const files = readdirSync(FOLDER).map((name) => join(FOLDER, name));
  expect(files.sort()).toEqual([...commands.map(pathOf), join(FOLDER, 'export-file.json')].sort());
});

describe.each(readdirSync(FOLDER))('%s', (name) => {
  const schema = schemaIn(join(FOLDER, name));

  it('is a schema of draft 2020-12, and has its name', () => {
    expect(() => validator().compile(schema as AnySchema)).not.toThrow();
    expect(schema.$id).toBe(name);
  });

  it('describes each field, and allows no other where it lists fields of ours', () => {
    const places: [string, Schema][] = Object.entries(schema.$defs ?? {});
    const walk = (path: string, { properties = {}, additionalProperties }: Schema): string[] =>
      Object.entries(properties).flatMap(([field, one]) => {
        const isDescribed = one.description !== undefined && one.description !== '';
        const isClosed = additionalProperties === false || name === 'export-file.json';
        const inner =
          one.properties && one.additionalProperties === false ? walk(`${path}.${field}`, one) : [];
        return [...(isDescribed && isClosed ? [] : [`${path}.${field}`]), ...inner];
      });
    expect([['', schema] as [string, Schema], ...places].flatMap(([path, one]) => walk(path, one))).toEqual(
      [],
    );
  });
});

describe.each(Object.entries(RUNS))('the JSON of %s', (command, runs) => {
  const schema = schemaIn(pathOf(command));

  it.each(runs)('meets its schema: %s %s %s', async (...argv) => {
    const validate = validator().compile(schema as AnySchema);
    const document = JSON.parse(await json(command, argv, 'json'));
    validate(document);
    expect(validate.errors).toBeNull();
  });

  it('has every field that the schema describes', async () => {
    const document = JSON.parse(await json(command, runs[0] ?? [], 'json'));
    const rows = Array.isArray(document) ? document : [document];
    expect(rows.length).toBeGreaterThan(0);
    const inner = schema.items?.$ref?.split('/').at(-1);
    const { properties = {} } = inner === undefined ? schema : (schema.$defs?.[inner] ?? {});
    for (const row of rows) expect(Object.keys(row)).toEqual(Object.keys(properties));
  });
});

it.each(['list', 'inspect', 'users list', 'simulate'])(
  'each line of %s --format ndjson is what the schema says',
  async (command) => {
    const ajv = validator().addSchema(schemaIn(pathOf(command)) as AnySchema);
    const part = { list: 'session', inspect: 'session', 'users list': 'user', simulate: 'request' }[command];
    const validate = ajv.getSchema(`${schemaIn(pathOf(command)).$id}#/$defs/${part}`);
    const lines = (await json(command, RUNS[command]?.[0] ?? [], 'ndjson')).trimEnd().split('\n');
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) {
      validate?.(JSON.parse(line));
      expect(validate?.errors).toBeNull();
    }
  },
);

it('each line of an export is what the schema says', () => {
  const validate = validator().compile(schemaIn(join(FOLDER, 'export-file.json')) as AnySchema);
  const lines = readFileSync(join(cwd, 'exported.ndjson'), 'utf8').trimEnd().split('\n');
  expect(lines).toHaveLength(6);
  for (const line of lines) {
    validate(JSON.parse(line));
    expect(validate.errors).toBeNull();
  }
});

it('the fields that list and inspect share are described in the same words', () => {
  const fields = (command: string) => schemaIn(pathOf(command)).$defs?.session?.properties ?? {};
  expect(fields('inspect')).toMatchObject(fields('list'));
});

it('the validator bites: a field that the schema does not describe is refused', async () => {
  const validate = validator().compile(schemaIn(pathOf('purge')) as AnySchema);
  const report = JSON.parse(await json('purge', ['--expired'], 'json'));
  expect(validate(report)).toBe(true);
  expect(validate({ ...report, more: 1 })).toBe(false);
});
