import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv2020, type AnySchema } from 'ajv/dist/2020.js';
import type { Command } from 'commander';
import { beforeEach, describe, expect, it } from 'vitest';
import { AUDIT_EVENTS, type AuditEntry, lineOf } from '../../src/audit/entry.js';
import { makeSampleSite } from '../../src/cli/commands/demo/sample-site.js';
import { buildProgram, COMMAND_NAMES } from '../../src/cli/program.js';
import { MoinStore } from '../../src/moin/store.js';
import { tombstoneOf } from '../../src/session/lifecycle/ended.js';
import type { SessionStore } from '../../src/store/contract.js';
import { FileStore } from '../../src/store/file/store.js';
import { MemoryStore } from '../../src/store/memory.js';
import { FileUserDirectory } from '../../src/users/file.js';
import { cli } from '../aid/cli/fake-context.js';
import { temporaryFolder } from '../aid/folder.js';
import { unpackWiki } from '../aid/moin/wikis.js';
import { NOW, sample, storeOf } from '../aid/records.js';

/** A cookie of the sample wiki of 1.9: a superuser who acts as somebody. */
const OF_WIKI = 'MOIN_SESSION_8095_ROOT=b270ec9684631225be458e6201a32e4df8c551d1';

/** How each command is run for its JSON, most plainly first. The command is the name of its schema. */
const RUNS: Readonly<Record<string, readonly string[][]>> = {
  list: [[], ['--expired'], ['--fields', 'id,seen,data.cart[0]'], ['--user', 'alice']],
  inspect: [
    ['aaaa', 'ffff'],
    ['aaaa', '--fields', 'data,data.cart'],
  ],
  stats: [[], ['--expired'], ['--top', '1'], ['--by', 'user,day'], ['--by', 'state,method']],
  log: [[], ['--event', 'login']],
  whoami: [
    ['--cookie', 'MOIN_SESSION=user.x.y'],
    ['--store', 'wiki-1.9:', '--cookie', OF_WIKI],
    ['--store', 'wiki-1.6:', '--cookie', 'MOIN_SESSION=attacker-chosen'],
  ],
  check: [[]],
  'config show': [[], ['--config', 'faulty.json']],
  'config check': [['--config', 'faulty.json'], []],
  expire: [
    ['--all', '--yes'],
    ['aaaa', '--dry-run'],
    ['--all', '--yes', '--verbose'],
    ['dddd', '--dry-run', '--verbose', '--fields', 'id,data.cart'],
  ],
  purge: [['--expired'], ['aaaa', '--yes'], ['--expired', '--verbose']],
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
    ['--har', 'recorded.har'],
    ['--cookie', 'a=b'],
    ['--store', 'wiki-1.9:', '--cookie', OF_WIKI],
    ['--store', 'wiki-1.9:', '--cookie', `MOIN_SESSION_other=${'0'.repeat(40)}`],
    ['--store', 'wiki-1.6:', '--cookie', 'MOIN_SESSION=attacker-chosen'],
    ['--store', 'wiki-1.6:', '--cookie', 'MOIN_SESSION=a:b'],
  ],
  'users list': [[]],
  'users add': [
    ['yan', '--password-stdin'],
    ['xi', '-n'],
  ],
  'users passwd': [['zoe', '--password-stdin']],
  'users disable': [['zoe'], ['zoe', '--dry-run']],
  'users enable': [['zoe']],
  'users rename': [
    ['zoe', 'zoey'],
    ['zoe', 'zoey', '-n'],
  ],
  'users delete': [['zoe', '--yes']],
  'users set': [['zoe', 'roles', '["editor"]']],
  'users unset': [['zoe', 'roles']],
  'users import-moin': [
    ['wiki', '--yes'],
    ['wiki', '-n', '--user', 'yan'],
  ],
  set: [
    ['dddd', 'cart', '["b"]'],
    ['dddd', 'cart', '1', '-n'],
  ],
  unset: [['dddd', 'cart']],
  'secret generate': [[]],
  'secret rotate': [
    ['--config', 'keeps.json'],
    ['--config', 'keeps.json', '--drop', '--yes'],
  ],
  demo: [['--dir', 'demo']],
};
/** Commands that write no JSON. */
const WITHOUT_JSON = ['completion', 'help'];
/** Schemas of lines that are not the JSON of a command. */
const OF_LINES = ['export-file.json', 'list-watch.json'];
/** What a command exits with when it has found what it looks for, beside 0. */
const EXITS: Readonly<Record<string, number>> = {
  'users import-moin': 4,
  whoami: 3,
  check: 4,
  'config show': 2,
  'config check': 2,
  expire: 4,
  purge: 4,
  copy: 4,
  export: 4,
};

const AUDITED: readonly AuditEntry[] = [
  {
    at: new Date(NOW),
    event: 'login',
    user: 'alice',
    userId: 'a',
    id: sample('aaaa').id,
    address: '192.0.2.1',
  },
  {
    at: new Date(NOW),
    event: 'purged',
    by: 'root',
    host: 'web1',
    pid: 1,
    command: 'purge --expired',
    count: 3,
  },
];
const RECORDED = {
  startedDateTime: new Date(NOW).toISOString(),
  request: {
    method: 'GET',
    url: 'https://wiki.example/?a=b',
    headers: [{ name: 'Cookie', value: 'MOIN_SESSION=user.x.y' }],
  },
  response: { status: 200, headers: [] },
};

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
  patternProperties?: Record<string, Schema>;
  items?: Schema;
  oneOf?: Schema[];
  enum?: unknown[];
  /** `optional`: only some runs have the field. */
  $comment?: string;
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
    JSON.stringify({
      users: 'users.json',
      secrets: 's'.repeat(32),
      anonymousCookieLifetime: 1,
      audit: 'audit.log',
    }),
  );
  writeFileSync(join(cwd, 'faulty.json'), '{"cookieLifetime":-1,"cookiePath":"a"}');
  writeFileSync(join(cwd, 'keeps.json'), '{"cookieLifetime":1}');
  writeFileSync(join(cwd, 'audit.log'), AUDITED.map(lineOf).join(''));
  writeFileSync(join(cwd, 'recorded.har'), JSON.stringify({ log: { entries: [RECORDED] } }));
  mkdirSync(join(cwd, 'wiki/user'), { recursive: true });
  writeFileSync(join(cwd, 'wiki/user/1.5.1'), 'name=yan\nenc_password={SHA}GpHWL3ymc5liWkNopqtdSjuqYHM=\n');
  writeFileSync(join(cwd, 'wiki/user/2.5.2'), 'name=xi\n');
  writeFileSync(join(cwd, 'wiki/user/3.5.3'), 'name=zoe\n');
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

/** A memory store keeps no secrets that could be rotated. */
async function storeFor(command: string): Promise<SessionStore> {
  if (command !== 'secret rotate') return store;
  const keeper = new FileStore(join(cwd, 'sessions'));
  await keeper.secret({ create: true });
  return keeper;
}

/** A sample wiki, unpacked when a run names it. */
function wikisIn(argv: readonly string[]): Record<string, SessionStore> {
  const address = argv.find((text) => text.startsWith('wiki-'));
  if (address === undefined) return {};
  const layout = address === 'wiki-1.6:' ? '1.6' : '1.9';
  return { [address]: new MoinStore(unpackWiki(layout).dir, {}, { readOnly: true }) };
}

async function json(command: string, argv: readonly string[], format: string): Promise<string> {
  const wait = async () => 'over' as const;
  const world = {
    cwd,
    store: await storeFor(command),
    stdin: PASSWORD,
    wait,
    stores: { 'other:': new OtherStore(), ...wikisIn(argv) },
  };
  const { out, err, code } = await cli(world, ...command.split(' '), ...argv, '--format', format);
  expect([0, EXITS[command] ?? 0], err).toContain(code);
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
  expect(files.sort()).toEqual(
    [...commands.map(pathOf), ...OF_LINES.map((name) => join(FOLDER, name))].sort(),
  );
});

describe.each(readdirSync(FOLDER))('%s', (name) => {
  const schema = schemaIn(join(FOLDER, name));

  it('is a schema of draft 2020-12, and has its name', () => {
    expect(() => validator().compile(schema as AnySchema)).not.toThrow();
    expect(schema.$id).toBe(name);
  });

  it('describes each field, and allows no other where it lists fields of ours', () => {
    const places: [string, Schema][] = Object.entries(schema.$defs ?? {});
    const walk = (
      path: string,
      { properties = {}, patternProperties = {}, additionalProperties }: Schema,
    ): string[] =>
      Object.entries({ ...properties, ...patternProperties }).flatMap(([field, one]) => {
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
    const inner = (schema.items ?? schema.oneOf?.[0])?.$ref?.split('/').at(-1);
    const { properties = {} } = inner === undefined ? schema : (schema.$defs?.[inner] ?? {});
    const always = Object.entries(properties).filter(([, { $comment }]) => $comment !== 'optional');
    for (const row of rows) expect(Object.keys(row)).toEqual(always.map(([field]) => field));
  });
});

describe.each(['1.9', '1.6'] as const)('the JSON on a wiki of MoinMoin %s', (layout) => {
  const at = (now: number) => new Date(now).toISOString();

  it.each([
    ['list'],
    ['list', '--fields', 'id,cookieExpires,expires,data.trail'],
    ['stats'],
    ['stats', '--by', 'user,day'],
    ['check'],
    ['config show', '--wiki-config', 'superuser=AdminUser'],
    ['expire', '--all', '--dry-run', '--verbose'],
    ['purge', '--expired', '--dry-run'],
    ['copy', '--to', 'other:', '--dry-run'],
    ['export', '--output', 'wiki.ndjson'],
    ['inspect', 'ID', '--reveal'],
    ['inspect', 'ID'],
  ])('meets its schema: %s %s %s', async (command, ...argv) => {
    const { data, now } = unpackWiki(layout);
    const site = ['--store', `moin:${data}`, '--format', 'json'];
    const { out: ids } = await cli({ cwd }, 'list', ...site.slice(0, 2), '--format', 'ids');
    const id = ids.split('\n')[0] ?? '';
    const args = argv.map((word) => (word === 'ID' ? id : word));
    const moment = ['config show', 'export'].includes(command) ? [] : ['--at', at(now)];
    const world = { cwd, stores: { 'other:': new OtherStore() } };
    const { out, err } = await cli(world, ...command.split(' '), ...args, ...site, ...moment);
    const validate = validator().compile(schemaIn(pathOf(command)) as AnySchema);
    validate(JSON.parse(out));
    expect(validate.errors, err).toBeNull();
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

it('each event of list --watch is what the schema says: what came, changed and went', async () => {
  const validate = validator().compile(schemaIn(join(FOLDER, 'list-watch.json')) as AnySchema);
  const leaving = new AbortController();
  const changes = [
    () => store.update(sample('dddd').id, (record) => ({ ...record, data: { cart: [] } })),
    () => store.delete(sample('bbbb').id),
    () => leaving.abort(),
  ];
  const wait = async () => {
    await changes.shift()?.();
    return 'over' as const;
  };
  const { out, err } = await cli(
    { cwd, store, wait, signal: leaving.signal },
    'list',
    '--watch',
    '--format',
    'ndjson',
  );
  const events = out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(new Set(events.map(({ event }) => event)), err).toEqual(new Set(['appeared', 'changed', 'gone']));
  for (const event of events) {
    validate(event);
    expect(validate.errors).toBeNull();
  }
});

it.each(['expire', 'purge'])('each line of %s --verbose --format ndjson is a session', async (command) => {
  const ajv = validator().addSchema(schemaIn(pathOf(command)) as AnySchema);
  const validate = ajv.getSchema(`${command}.json#/$defs/session`);
  const lines = (await json(command, ['--all', '--dry-run', '--verbose'], 'ndjson')).trimEnd().split('\n');
  expect(lines.length).toBeGreaterThan(0);
  for (const line of lines) {
    validate?.(JSON.parse(line));
    expect(validate?.errors).toBeNull();
  }
});

it('the schema of log names all events', () => {
  expect(schemaIn(pathOf('log')).$defs?.entry?.properties?.event?.enum).toEqual(AUDIT_EVENTS);
});

it('all that the commands say about the demo meets the schemas', { timeout: 60_000 }, async () => {
  await makeSampleSite(cwd, NOW);
  const demo = new FileStore(join(cwd, 'store'));
  const ids = (await cli({ cwd, store: demo }, 'list', '--format', 'ids')).out.trimEnd().split('\n');
  const cookies = readdirSync(join(cwd, 'cookies')).map((name) => ['--cookie-file', `cookies/${name}`]);
  const lines: [string, string[]][] = [
    ...['list', 'check', 'config show', 'config check', 'users list', 'log'].map(
      (command): [string, string[]] => [command, []],
    ),
    ['inspect', ids],
    ['stats', ['--by', 'user,day']],
    ['expire', ['--all', '--dry-run', '--verbose']],
    ['purge', ['--expired', '--dry-run', '--verbose']],
    ...cookies.flatMap((flags): [string, string[]][] => [
      ['whoami', flags],
      ['simulate', flags],
    ]),
  ];
  for (const [command, argv] of lines) {
    const { out, err } = await cli({ cwd, store: demo }, ...command.split(' '), ...argv, '--format', 'json');
    const validate = validator().compile(schemaIn(pathOf(command)) as AnySchema);
    validate(JSON.parse(out));
    expect({ command, argv, err, errors: validate.errors }).toEqual({ command, argv, err, errors: null });
  }
  await demo.close();
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
