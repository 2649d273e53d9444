import { beforeEach, describe, expect, it } from 'vitest';
import { HOUR } from '../../../src/base/clock.js';
import type { MemoryStore } from '../../../src/store/memory.js';
import { cli } from '../../aid/cli/fake-context.js';
import { idsIn, NOW, sample, storeOf } from '../../aid/records.js';

let store: MemoryStore;
const id = (digits: string) => digits.padEnd(32, '0');
const ended = async (digits: string) => (await store.find(id(digits)))?.ended;

beforeEach(async () => {
  store = await storeOf(
    sample('aaaa', { seen: NOW - 2 * HOUR }),
    sample('bbbb', { user: 'bob' }),
    sample('cccc', { cookieExpires: NOW - 2 * HOUR }),
  );
});

describe('spec 7: ids from stdin', () => {
  it('what list --format ids prints goes to expire - by a pipe', async () => {
    const { out: stdin } = await cli({ store }, 'list', '--idle', '1h', '--format', 'ids');
    const { code, out } = await cli({ store, stdin }, 'expire', '-', '--yes', '--json');
    expect({ code, report: JSON.parse(out) }).toMatchObject({ code: 0, report: { matched: 1, expired: 1 } });
    expect(await ended('aaaa')).not.toBeNull();
    expect(await ended('bbbb')).toBeNull();
  });

  it('an empty list is nothing to do: exit 0', async () => {
    for (const stdin of ['', '\n', '# none today\r\n'])
      expect(await cli({ store, stdin }, 'expire', '-', '--yes')).toMatchObject({
        code: 0,
        out: 'Nothing to do: no session matches.\n',
        err: '',
      });
  });

  it('arguments and stdin together are a union; an id that comes twice counts once', async () => {
    const stdin = `${id('bbbb')}\n${id('aaaa').toUpperCase()}\nbbbb\n`;
    const { out } = await cli({ store, stdin }, 'expire', 'aaaa', '-', '-', '-y', '--json');
    expect(JSON.parse(out)).toMatchObject({ matched: 2, expired: 2 });
  });

  it('a wrong line is an error that names its number and not its text, before anything is done', async () => {
    const stdin = 'aaaa\n\nuser.secret-token.mac\nbbbb\n';
    const { code, err } = await cli({ store, stdin }, 'purge', '-', '--yes');
    expect(code).toBe(2);
    expect(err).toContain('line 3 of stdin is not a session id');
    expect(err).not.toContain('secret');
    expect(await idsIn(store.scan())).toHaveLength(3);
  });

  it('without --yes nobody can be asked, on a terminal neither', async () => {
    for (const tty of [true, false]) {
      const { code, err, asked } = await cli({ store, tty, errColumns: 500, stdin: 'aaaa\n' }, 'expire', '-');
      expect({ code, asked }).toEqual({ code: 2, asked: [] });
      expect(err).toContain('end 1 session of alice in memory: add --yes, for stdin holds the ids');
    }
    expect((await cli({ store, stdin: 'cccc\n' }, 'purge', '-')).code).toBe(0);
  });

  it('those that are not there: exit 4, each named; exit 3 if none is there, in one short line', async () => {
    const some = await cli({ store, stdin: 'aaaa\n1234\n' }, 'expire', '-', '-y');
    expect(some).toMatchObject({ code: 4, err: expect.stringContaining('there is no session 1234') });
    const stdin = Array.from({ length: 20 }, (_, n) => `${1000 + n}\n`).join('');
    const none = await cli({ store, stdin }, 'expire', '-', '-y');
    expect(none.code).toBe(3);
    expect(none.err).toBe(
      "moin-sessions: there is none of the 20 named sessions: see 'moin-sessions list'\n",
    );
  });

  it('ids and filters exclude each other, also from stdin', async () => {
    expect((await cli({ store, stdin: 'aaaa\n' }, 'expire', '-', '--user', 'alice', '-y')).code).toBe(2);
  });
});
