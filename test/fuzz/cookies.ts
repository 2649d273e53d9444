import { strictEqual } from 'node:assert/strict';
import fc from 'fast-check';
import { makeSite } from '../aid/site.js';
import { edited, target } from './target.js';

const site = makeSite();
const alice = site.browser();
const ready = alice.logIn('alice');

const cookie = fc.constantFrom('user', 'anon').chain((kind) => {
  const token = fc.string({ unit: fc.constantFrom(...'abcXYZ019-_'), minLength: 43, maxLength: 43 });
  return fc.tuple(token, token).map((parts) => [kind, ...parts].join('.'));
});

/** Stands for the cookie of somebody who is logged in; replaced where it is checked. */
const GOOD = '<good>';

const pair = fc
  .tuple(
    fc.constantFrom('MOIN_SESSION', 'moin_session', 'other', '', '__proto__'),
    fc.oneof(cookie, fc.constant(GOOD)),
  )
  .map(([name, value]) => `${name}=${value}`);

/** A `Cookie` header: no error, and nobody is logged in but by a whole cookie of theirs (spec 4). */
export const cookies = target<string>({
  name: 'cookies',
  share: 0.45,
  input: edited(fc.array(pair, { maxLength: 4 }).map((pairs) => pairs.join('; '))),
  kept: ['MOIN_SESSION', '=', ';;;', 'MOIN_SESSION="', `MOIN_SESSION="${GOOD}"`],
  async check(text) {
    await ready;
    const header = text.replaceAll(GOOD, alice.cookie ?? '');
    const visit = await site.sessions.begin({ headers: { cookie: header } });
    await visit.commit();
    if (visit.user === null) return;
    strictEqual(visit.user.name, 'alice');
    strictEqual(
      header.includes(`MOIN_SESSION=${alice.cookie}`) || header.includes(alice.cookie ?? '?'),
      true,
    );
  },
});
