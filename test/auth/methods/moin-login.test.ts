import { describe, expect, it } from 'vitest';
import { makeSite } from '../../aid/site.js';

const LONGEST = 4096;

/** The step of `moin_login` for this name and password, and how many passwords were checked. */
async function attempt(name: string, password: string) {
  const site = makeSite();
  const { visit } = await site.browser().visit({ form: { login: true, name, password } });
  const step = visit.trace.find(({ method }) => method === 'moin_login');
  return { reason: step?.reason, text: step?.text, checks: site.users.checks };
}

describe('moin_login: names and passwords that are too long', () => {
  it.each([
    ['name', 'x'.repeat(LONGEST), 'alice', 'there is no user of this name'],
    ['password', 'alice', 'x'.repeat(LONGEST), 'the password is not that of alice'],
  ])('spec 3: a %s of 4096 characters is checked', async (_, name, password, text) => {
    expect(await attempt(name, password)).toEqual({ reason: 'rejected', text, checks: 1 });
  });

  it.each([
    ['name', 'x'.repeat(LONGEST + 1), 'alice'],
    ['password', 'alice', 'x'.repeat(LONGEST + 1)],
  ])('spec 3: a %s of 4097 characters is rejected before the slow check', async (_, name, password) => {
    const text = 'name or password is far too long';
    expect(await attempt(name, password)).toEqual({ reason: 'rejected', text, checks: 0 });
  });

  it.each([
    ['name', '', 'alice'],
    ['password', 'alice', ''],
  ])('spec 3: an empty %s is rejected before the slow check', async (_, name, password) => {
    const text = 'the form lacks the name or the password';
    expect(await attempt(name, password)).toEqual({ reason: 'rejected', text, checks: 0 });
  });
});
