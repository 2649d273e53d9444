import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

/**
 * The house, from the roof to the ground. A room is a folder (`web/`) or a file (`index`); of several that fit, the longest
 * name counts. A file imports from its own room and from rooms below it, types included.
 */
const HOUSE: readonly (readonly [room: string, what: string])[] = [
  ['index', 'what the package exports'],

  ['cli/run', 'the command line of this process'],
  ['cli/main', 'one command line: from arguments to exit code'],
  ['cli/completion/', 'what a shell completes a command line with'],
  ['cli/program', 'the list of commands'],
  ['cli/commands/simulate/', 'the command that runs the chain'],
  ['cli/commands/', 'one file a command'],
  ['cli/help/', 'help of commands and topics, hints for what was mistyped'],
  ['cli/watch/', 'what is looked at again and again'],
  ['cli/selection/', 'which sessions and users the arguments mean'],
  ['cli/where/', 'the expressions of --where'],
  ['cli/site/', 'the configuration, and the store and users that it names'],
  ['cli/sort/', 'more sessions in order than memory holds'],
  ['cli/output/', 'rows, columns, texts and formats'],
  ['cli/input/', 'flags, and what they are parsed to'],
  ['cli/process/', 'the real process: streams, signals, prompts'],
  ['cli/context', 'all that a command knows of the process'],

  ['web/express-session/', 'our store under express-session, and the way from there to here'],
  ['web/', 'one file an adapter'],
  ['web/hono/', 'the server under Hono, and texts as its responses'],
  ['web/fetch/', 'requests and responses of Fetch'],
  ['web/node/begin-visit', 'a visit for a request of node:http'],
  ['web/node/hold/', 'a response that waits for its session to be saved'],
  ['web/fastify/', 'login bodies and early errors in Fastify'],
  ['web/node/', 'requests and responses of node:http'],
  ['web/shared/', 'login forms, cookies and options of every adapter'],

  ['testing/', 'a browser without a network, a clock to turn, the contract of a store as checks'],
  ['moin/simulate/', 'what the MoinMoin of a wiki would do with a cookie'],
  ['simulate', 'the chain on a store that keeps writes to itself'],
  ['sessions', 'the sessions of a site'],
  ['visit/', 'one request, from its headers to the headers of its answer'],
  ['audit/', 'who logged in, and who changed what, as lines of a file or of syslog'],
  ['config/', 'options: their names, checks and defaults'],

  ['auth/builtin', 'the built-in methods by name'],
  ['auth/methods/passport/', 'passport'],
  ['auth/methods/moin-session/', 'moin_session'],
  ['auth/methods/', 'the other built-in methods'],
  ['auth/', 'the chain, and what a method is'],

  ['session/admin/check/', 'what is wrong with records'],
  ['session/admin/', 'many sessions: list, expire, purge'],
  ['session/request/', 'the session of one request'],
  ['session/lifecycle/', 'one session: created, renewed, replaced, ended'],
  ['session/values/', 'the dict in a session'],
  ['session/cookie/', 'token, signature, cookie'],
  ['session/', 'the interface of a session'],

  ['store/check', 'what is wrong in a store'],
  ['store/location', 'where a store is, by its address'],
  ['store/open', 'a store by its address'],
  ['store/opener', 'the kinds of stores, by their schemes'],
  ['moin/', 'the store of a MoinMoin wiki'],
  ['moin/write/', 'sessions of a wiki ended and removed'],
  ['moin/lock/', 'locks of a wiki'],
  ['moin/read/', 'sessions of a wiki as records'],
  ['moin/secrets/', 'whose a session of MoinMoin 1.6 is'],
  ['moin/users/', 'the users of a wiki'],
  ['moin/settings', 'what the configuration of a wiki says'],
  ['moin/layout', 'where a wiki has its files'],
  ['moin/files/', 'files of a wiki: read, kept until they change, replaced'],
  ['users/', 'the user directory'],
  ['users/legacy/', 'password hashes of other systems'],
  ['store/redis/check/', 'what is wrong in a Redis store'],
  ['store/redis/', 'sessions in Redis'],
  ['store/file/check/', 'what is wrong in a file store'],
  ['store/file/', 'sessions in files'],
  ['store/', 'the contract, records, memory'],
  ['disk/', 'files that survive crashes and hostile neighbours'],
  ['http/', 'what a request says, whoever serves it'],
  ['moin/pickle/', 'pickles of plain data: read and written, never run'],
  ['base/', 'time, errors, JSON'],
];

const SRC = fileURLToPath(new URL('../src/', import.meta.url));

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
  .map((name) => name.split(sep).join('/').replace(/\.ts$/, ''));

/** What a file imports from other files of the sources: statically, late, and as a type. */
function importsOf(file: string): string[] {
  const source = readFileSync(join(SRC, `${file}.ts`), 'utf8');
  const found = source.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']*)\.js'/g);
  return [...found].map(([, target]) =>
    join(dirname(file), target as string)
      .split(sep)
      .join('/'),
  );
}

/** The floor that a file stands on, counted from the roof; -1 when no room is its own. */
function floorOf(file: string): number {
  const rooms = HOUSE.map(([room]) => room).filter((room) =>
    room.endsWith('/') ? file.startsWith(room) : file === room,
  );
  const longest = rooms.sort((a, b) => b.length - a.length)[0];
  return HOUSE.findIndex(([room]) => room === longest);
}

/** The first circle that is found from here: its files in order, or null. */
function circleFrom(file: string, path: readonly string[], done: Set<string>): readonly string[] | null {
  if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
  if (done.has(file)) return null;
  for (const target of importsOf(file)) {
    const circle = circleFrom(target, [...path, file], done);
    if (circle !== null) return circle;
  }
  done.add(file);
  return null;
}

describe('the plan of the house', () => {
  it('every file stands in a room, and every room has a file', () => {
    expect(files.length).toBeGreaterThan(100);
    expect(files.filter((file) => floorOf(file) === -1)).toEqual([]);
    const empty = HOUSE.filter((_, floor) => !files.some((file) => floorOf(file) === floor));
    expect(empty.map(([room]) => room)).toEqual([]);
  });

  it('imports point downwards only, types included', () => {
    const upwards = files.flatMap((file) =>
      importsOf(file)
        .filter((target) => floorOf(target) < floorOf(file))
        .map((target) => `${file} -> ${target}`),
    );
    expect(upwards).toEqual([]);
  });

  it('files import each other in no circle, however large, types included', () => {
    const done = new Set<string>();
    const circles = files.map((file) => circleFrom(file, [], done)).filter((circle) => circle !== null);
    expect(circles.map((circle) => circle.join(' -> '))).toEqual([]);
  });

  it('the library imports nothing late, when a process may be out of file descriptors: Node repeats such a failure', () => {
    const late = files.filter((file) => /[^.\w]import\(/.test(readFileSync(join(SRC, `${file}.ts`), 'utf8')));
    // The native module is the one exception, and is loaded anew.
    expect(late.filter((file) => !file.startsWith('cli/'))).toEqual(['disk/kernel-locks']);
  });

  it('only store/opener knows every store', () => {
    const knowing = files.filter((file) =>
      importsOf(file).some((target) => /^store\/file\/store$/.test(target)),
    );
    expect(knowing.sort()).toEqual(['index', 'store/opener']);
  });

  it('test/ mirrors the rooms', () => {
    const TESTS = fileURLToPath(new URL('.', import.meta.url));
    const elsewhere = ['aid', 'crash', 'docs', 'ecosystem', 'fuzz', 'platform', 'stories'];
    const folders = readdirSync(TESTS, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.test.ts'))
      .map(({ parentPath }) => relative(TESTS, parentPath).split(sep).join('/'))
      .filter((folder) => folder !== '' && !elsewhere.some((name) => folder.split('/')[0] === name));
    const rooms = new Set(files.flatMap((file) => [dirname(file), file]));
    const homeless = [...new Set(folders)].filter((folder) => !rooms.has(folder));
    expect(homeless.sort()).toEqual(['store/history', 'store/model', 'store/redis/faults']);
  });
});
