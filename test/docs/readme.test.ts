import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest';
import { application } from '../aid/compiler.js';

/** The programs that the README shows, by the name that it gives them. */
const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
const programs = new Map(
  [...readme.matchAll(/^```js file=(\S+)\n([\s\S]*?)^```$/gm)].map(([, name, text]) => [
    String(name),
    String(text),
  ]),
);

/** The configuration of a site whose store cannot be written. */
const UNWRITABLE = `
  import { FileStore } from 'moin-sessions';
  export default {
    store: new FileStore(new URL('./sessions/', import.meta.url).pathname, { readOnly: true }),
    secrets: 'a secret of more than thirty-two bytes',
    users: new URL('../users.json', import.meta.url),
    anonymousCookieLifetime: 24,
  };
`;

/** What `page.mjs` knows nothing of. */
const OTHERS = ['moin-sessions.config.mjs', 'page.mjs', 'express-session.mjs', 'redis.config.mjs'];
const servers = [...programs.keys()].filter((name) => !OTHERS.includes(name));

let folder: string;
const cli = (...args: string[]) =>
  spawnSync(process.execPath, [join(inject('built'), 'bin/moin-sessions.js'), ...args], {
    // Named, for a clone may lie in a folder that others may write to, where none is taken that is only found.
    env: { ...process.env, MOIN_SESSIONS_CONFIG: join(folder, 'moin-sessions.config.mjs') },
    cwd: folder,
    encoding: 'utf8',
    input: 'a good password\n',
  });

beforeAll(() => {
  folder = mkdtempSync(join(inject('built'), 'readme-'));
  for (const [name, text] of programs) writeFileSync(join(folder, name), text);
  const added = cli('users', 'add', 'alice', '--password-stdin');
  expect(added.stderr).toBe('');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The same program with Express 4, in a folder of its own. */
const withExpress4 = (program: string) => program.replace("from 'express'", "from 'express4'");

/** Starts a program, and gives its address and what ends it. */
async function start(name: string, cwd = folder): Promise<{ url: string; stop: () => void }> {
  const child = spawn(process.execPath, [name], { cwd, env: { ...process.env, PORT: '0' } });
  let errors = '';
  child.stderr.on('data', (chunk) => {
    errors += chunk;
  });
  for await (const line of createInterface(child.stdout)) {
    const url = /^listening on (\S+)$/.exec(line)?.[1];
    if (url !== undefined) return { url, stop: () => child.kill() };
  }
  throw new Error(`${name} did not start: ${errors}`);
}

/** A browser's cookie behaviour, as far as these programs need it. */
class Browser {
  #cookie = '';
  constructor(readonly url: string) {}

  /** The status of a GET of another path. */
  async look(path: string): Promise<number> {
    return (await fetch(this.url + path, { headers: { cookie: this.#cookie } })).status;
  }

  async go(form?: Record<string, string>, status = 200): Promise<string> {
    const path = form === undefined ? '/' : 'login' in form ? '/login' : '/logout';
    const response = await fetch(this.url + path, {
      headers: { cookie: this.#cookie },
      redirect: 'manual',
      ...(form && { method: 'POST', body: new URLSearchParams(form) }),
    });
    const set = response.headers.getSetCookie()[0]?.split(';')[0];
    if (set !== undefined) this.#cookie = set.endsWith('=') ? '' : set;
    if (response.status === 303) return this.go();
    expect(response.status).toBe(status);
    return response.text();
  }
}

test('the terminal excerpt is the output of the commands', () => {
  const [, excerpt = ''] = /^```console\n([\s\S]*?)^```$/m.exec(readme) ?? [];
  const commands = [...excerpt.matchAll(/^\$ npx moin-sessions (.*)$/gm)].map(([, args]) => String(args));
  expect(commands.map((args) => args.split(' ', 1)[0])).toEqual(['list', 'simulate', 'purge']);
  const env = {
    ...process.env,
    COLUMNS: '96',
    MOIN_SESSIONS_CONFIG: 'sample-data/moin-sessions.config.json',
  };
  const cwd = fileURLToPath(new URL('../..', import.meta.url));
  const printed = commands.map((args) => {
    const program = join(inject('built'), 'bin/moin-sessions.js');
    const { stdout } = spawnSync(process.execPath, [program, ...args.split(' ')], {
      cwd,
      env,
      encoding: 'utf8',
    });
    return `$ npx moin-sessions ${args}\n${stdout}`;
  });
  expect(excerpt).toBe(`$ export MOIN_SESSIONS_CONFIG=${env.MOIN_SESSIONS_CONFIG}\n${printed.join('')}`);
});

describe('the programs of the README', () => {
  test('there is one for each framework', () => {
    expect(servers).toEqual(['express.mjs', 'fastify.mjs', 'hono.mjs', 'http.mjs']);
  });

  test.each(servers)('%s counts, keeps the visitor’s values at the login, and logs out', async (name) => {
    const { url, stop } = await start(name);
    try {
      const browser = new Browser(url);
      expect(await browser.go()).toContain('Moin, stranger! Your browser has just got its cookie.');
      expect(await browser.go()).toContain('Moin, stranger! Page views: 1. You came by /');
      // A browser asks for it by itself.
      expect(await browser.look('/favicon.ico')).toBe(404);
      expect(await browser.look('/login')).toBe(404);
      const refused = await browser.go({ login: '1', name: 'al"ice', password: 'wrong' }, 401);
      expect(refused).toContain('Moin, stranger!');
      expect(refused).toContain('Wrong name or password.');
      expect(refused).toContain('Page views: 1.');
      expect(refused).toContain('<input name="name" value="al&#34;ice">');
      expect(await browser.go({ login: '1', name: 'alice', password: 'a good password' })).toContain(
        'Moin, alice! Page views: 2. You came by /',
      );
      const list = cli('list', '--user', 'alice', '--active', '--format', 'count');
      expect(Number(list.stdout)).toBeGreaterThan(0);
      expect(await browser.go({ logout: '1' })).toContain('Moin, stranger!');
    } finally {
      stop();
    }
  });

  test('page.mjs compiles in TypeScript with the declaration and the type that the text names', () => {
    const [, declaration = ''] = /`(declare module 'moin-sessions' \{.*\})`/.exec(readme) ?? [];
    const [, type = ''] = /`(Partial<Record<LoginResult, string>>)`/.exec(readme) ?? [];
    const typed = String(programs.get('page.mjs'))
      .replace('{ trail }', '{ type LoginResult, type Visit, trail }')
      .replace('page(visit, url, typed', 'page(visit: Visit, url: string, typed')
      .replace('REFUSALS =', `REFUSALS: ${type} =`)
      .replace('loginResult })', 'loginResult }: Visit)')
      .replace('= (typed) =>', '= (typed: unknown) =>')
      .replace('escape(text)', 'escape(text: string)');
    const app = application();
    onTestFinished(app.remove);
    expect(app.compile('typescript', `${typed}\n${declaration}`, { skipLibCheck: true })).toBe('');
  });

  test.each(['4', '5'])(
    'express.mjs, on Express %s: a save that fails is a 500, and the server lives',
    async (version) => {
      const cwd = join(folder, `express-${version}`);
      mkdirSync(cwd);
      const express = String(programs.get('express.mjs'));
      writeFileSync(join(cwd, 'express.mjs'), version === '4' ? withExpress4(express) : express);
      writeFileSync(join(cwd, 'page.mjs'), String(programs.get('page.mjs')));
      writeFileSync(join(cwd, 'moin-sessions.config.mjs'), UNWRITABLE);
      const { url, stop } = await start('express.mjs', cwd);
      try {
        const browser = new Browser(url);
        await browser.go();
        await browser.go(undefined, 500);
        await browser.go({ login: '1', name: 'mallory', password: 'wrong' }, 500);
        expect(await new Browser(url).go()).toContain('Moin, stranger!');
      } finally {
        stop();
      }
    },
  );

  test('express-session.mjs counts, and the command line lists its session', async () => {
    const before = Number(cli('list', '--format', 'count').stdout);
    const { url, stop } = await start('express-session.mjs');
    try {
      const browser = new Browser(url);
      expect(await browser.go()).toContain('Page views: 1');
      expect(await browser.go()).toContain('Page views: 2');
      expect(Number(cli('list', '--format', 'count').stdout)).toBe(before + 1);
    } finally {
      stop();
    }
  });

  test('expire logs the user out at the next click', async () => {
    const { url, stop } = await start('http.mjs');
    try {
      const browser = new Browser(url);
      expect(await browser.go({ login: '1', name: 'alice', password: 'a good password' })).toContain(
        'Moin, alice!',
      );
      expect(cli('expire', '--user', 'alice', '--yes').status).toBe(0);
      expect(await browser.go()).toContain('Moin, stranger!');
    } finally {
      stop();
    }
  });
});

test('no program of the documents for Express has an async handler, whose errors would end a server on Express 4', () => {
  const docs = new URL('../../docs/', import.meta.url);
  const pages = readdirSync(docs).filter((name) => name.endsWith('.md'));
  const texts = [readme, ...pages.map((name) => readFileSync(new URL(name, docs), 'utf8'))];
  const handlers = texts.flatMap(
    (text) => text.match(/^ *app\.(use|get|post)\(.*\basync \(req, res.*$/gm) ?? [],
  );
  expect(handlers).toEqual([]);
});
