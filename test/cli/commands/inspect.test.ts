import { describe, expect, it } from 'vitest';
import { cli } from '../../aid/cli/fake-context.js';
import { sample, storeOf } from '../../aid/records.js';

const store = await storeOf(
  sample('abcd1', { data: { cart: ['tea'] }, revision: 3 }),
  sample('abcd2', { user: null }),
  sample('9999'),
);
store.putBytes('f'.repeat(32), '{"half');

describe('inspect', () => {
  it('shows everything about a session, by any unambiguous prefix', async () => {
    const { code, out } = await cli({ store }, 'inspect', 'ABCD1');
    expect(code).toBe(0);
    expect(out).toContain(`id             abcd1${'0'.repeat(27)}`);
    expect(out).toContain('userName       alice');
    expect(out).toContain('expires        2026-05-01T14:00:00.000Z (in 2h)');
    expect(out).toContain('revision       3');
    expect(out).toContain('"tea"');
  });

  it('json is an array in the order of the arguments, with data and revision', async () => {
    const { out } = await cli({ store }, 'inspect', '9999', 'abcd1', '--json');
    const sessions = JSON.parse(out);
    expect(sessions.map(({ id }: { id: string }) => id.slice(0, 5))).toEqual(['99990', 'abcd1']);
    expect(sessions[1]).toMatchObject({ data: { cart: ['tea'] }, revision: 3, keys: ['cart'] });
  });

  it('--fields chooses, also on the page for people', async () => {
    const { out } = await cli({ store }, 'inspect', '9999', '--fields', 'kind,bytes');
    expect(out).toMatch(/^kind {11}user\nbytes {10}\d+ B\n$/);
  });

  it('an ambiguous prefix is a usage error that names the candidates', async () => {
    const { code, err } = await cli({ store }, 'inspect', 'abcd');
    expect(code).toBe(2);
    expect(err).toContain('abcd1000');
    expect(err).toContain('abcd2000');
  });

  it.each(['abc', 'xyz1', '../../etc', 'a'.repeat(33)])('I6: %s is not an id: exit 2', async (id) => {
    expect((await cli({ store }, 'inspect', id)).code).toBe(2);
  });

  it('a missing session: exit 3; missing among others: shows the others and exits with 4', async () => {
    expect(await cli({ store }, 'inspect', '1234')).toMatchObject({ code: 3, out: '' });
    const some = await cli({ store }, 'inspect', '1234', '9999', '--format', 'ids');
    expect(some.code).toBe(4);
    expect(some.out).toBe(`9999${'0'.repeat(28)}\n`);
    expect(some.err).toContain('there is no session 1234');
  });

  it('I4: shows what is known of an unreadable session, and why it is unreadable', async () => {
    const page = await cli({ store }, 'inspect', 'ffff');
    expect(page).toMatchObject({ code: 0, err: '' });
    expect(page.out).toMatch(/state {10}unreadable[\s\S]*unreadable {5}it is not JSON/);
    const json = await cli({ store }, 'inspect', 'ffff', '--json');
    expect(JSON.parse(json.out)[0]).toMatchObject({ state: 'unreadable', data: null });
    expect(json.err).toContain('is unreadable: it is not JSON');
  });

  it('needs an id', async () => {
    expect((await cli({ store }, 'inspect')).code).toBe(2);
  });
});
