import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { StoreError } from '../../../src/base/errors.js';
import { redact } from '../../../src/cli/output/redact.js';
import { cli } from '../../aid/cli/fake-context.js';
import { sample, storeOf } from '../../aid/records.js';

const random = () => randomBytes(32).toString('base64url');
const token = random();
const mac = random();
const value = `user.${token}.${mac}`;
const cookie = `MOIN_SESSION=${value}`;

describe('no error shows what was typed in the wrong place', () => {
  it.each([
    [[`--cooki=${cookie}`]],
    [['simulate', `--cooki=${cookie}`]],
    [['simulate', `--cooki=it's ${cookie}`]],
    [['simulate', `-x${cookie}`]],
    [['simulate', `--cooki\n=${cookie}`]],
    [['simulate', cookie]],
    [['simulate', '--header', cookie]],
    [['simulate', '--header', `Cookie ${value}`]],
    [['simulate', '--cookie-file', cookie]],
    [['simulate', '--address', value]],
    [['simulate', '--repeat', value]],
    [['simulate', '--expect-user', value]],
    [['simulate', '--proxy', value]],
    [['simulate', '--curl', cookie]],
    [['simulate', '--har', value]],
    [['simulate', '--har-url', value]],
    [['simulate', '--login-path', value]],
    [['whoami', cookie]],
    [['whoami', value]],
    [['whoami', '--cookie', `a=${token}\n\x1b${mac}`]],
    [['whoami', '--cookie-file', value]],
    [['inspect', cookie]],
    [['inspect', value]],
    [['inspect', token]],
    [['expire', cookie]],
    [['expire', value, '--yes']],
    [['purge', token, '--yes']],
    [[cookie]],
    [[value]],
    [[token]],
    [['help', value]],
    [['users', value]],
    [['users', 'passwd', value]],
    [['list', '--user', value]],
    [['expire', '--user', token]],
    [['list', '--fields', value]],
    [['list', '--sort', token]],
    [['list', '--format', value]],
    [['list', '--idle', token]],
    [['list', '--at', value]],
    [['list', '--config', `${value}.json`]],
    [['copy', '--to', 'x', '--on-conflict', token]],
    [['copy', '--to', 'x', value]],
    [['copy', '--to', `redis://user:${token}@192.0.2.1`]],
  ])('%j', async (argv) => {
    const store = await storeOf(sample('abcd'));
    for (const flags of [[], ['--debug']]) {
      const { code, out, err } = await cli({ store }, ...argv, ...flags);
      if (argv[0] !== 'list' || argv[1] !== '--user') expect(code).toBeGreaterThan(0);
      for (const secret of [token, mac, token.slice(0, 20), mac.slice(0, 20)])
        expect(out + err).not.toContain(secret);
    }
  });

  it('an error keeps the name of an unknown flag or command, and names a remedy', async () => {
    expect((await cli({}, 'list', '--passwor=hunter2')).err).toBe(
      "moin-sessions: unknown option '--passwor'; see 'moin-sessions list --help'\n",
    );
    expect((await cli({}, '-xhunter2')).err).toContain("unknown option '-x';");
    expect((await cli({}, 'lst')).err).toContain("unknown command 'lst' (did you mean 'list'?)");
    expect((await cli({}, cookie)).err).toBe("moin-sessions: unknown command; see 'moin-sessions --help'\n");
    expect((await cli({}, 'inspect', cookie)).err).toContain('simulate --cookie -');
    expect((await cli({}, 'simulate', '--header', 'hunter2')).err).toBe(
      "moin-sessions: a --header is none: write --header 'Name: value'\n",
    );
  });

  it('no error of a store shows it either, nor its stack', async () => {
    const store = await storeOf();
    store.scan = () => {
      throw new StoreError(`cannot read ${cookie}`);
    };
    const { err } = await cli({ store }, 'list', '--debug');
    expect(err).toContain('cannot read MOIN_SESSION=user.[hidden]');
    expect(err).toMatch(/\n {4}at /);
    expect(err).not.toContain(token);
  });
});

describe('redact', () => {
  it('hides every token at any place in the text', () => {
    for (let n = 0; n < 2000; n++) {
      const one = random();
      for (const text of [
        one,
        `x=${one}`,
        `--x${one}`,
        `'${one}'`,
        `anon.${one}.${one}`,
        `user.${one.slice(0, 20)}`,
      ])
        expect(redact(text)).not.toContain(one.slice(0, 20));
    }
  });

  it.each([
    'session 0123456789abcdef0123456789abcdef is unreadable',
    '/srv/app/moin-sessions-test-4f6c2a1e-77aa-4b12-9c1e-0123456789ab/store',
    'user.config.json is a folder',
    '/home/me/node_modules/.cache/moin-sessions-test-aBcDeF/dist/cli/main.js',
  ])('leaves %s', (text) => expect(redact(text)).toBe(text));
});
