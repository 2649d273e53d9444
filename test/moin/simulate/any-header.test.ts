import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NOW, signedValue, to16, to19 } from '../../aid/moin/wiki-view.js';

const JANE = '1795397431.63.53991';
const SECRET = 'a-secret-of-sixteen';
const NAME_19 = 'a'.repeat(40);
/** Pieces that the parsers look for, and text of any kind. */
const piece = fc.oneof(
  fc.constantFrom(
    'MOIN_SESSION',
    'MOIN_SESSION_80_ROOT',
    '=',
    ';',
    '; ',
    ', ',
    ' ',
    '"',
    '\\',
    '\\303',
    ':',
    '/',
    '..',
  ),
  fc.constantFrom(
    'id=',
    'expires=',
    'secidx=',
    '[',
    '$Path',
    'expires',
    'Mon, 12-Jan-2026 10:00:00 GMT',
    '\0',
    '\n',
  ),
  fc.constantFrom(signedValue(), signedValue({ secidx: 9, secret: '' }), SECRET, NAME_19, `${NAME_19}\\012`),
  fc.string({ unit: 'binary', maxLength: 5 }),
  fc.double().map(String),
);
const header = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));
const wiki = {
  settings: { auth: ['moin_session', 'moin_anon_session', 'moin'], anonymous_cookie_lifetime: 1 },
  users: { [JANE]: { name: 'JaneDoe' } },
  secrets: { [JANE]: { 7: SECRET } },
  sessions: { [SECRET]: {}, [NAME_19]: { userId: JANE, authMethod: 'moin' } },
};

describe('spec 8: whatever a Cookie header holds', () => {
  it.each([
    ['1.6', to16],
    ['1.9', to19],
  ] as const)(
    '%s: there is one answer, it tells no secret, and nobody is logged in but by a good cookie',
    (_layout, send) => {
      fc.assert(
        fc.property(fc.oneof(header, fc.array(header, { maxLength: 3 })), (cookie) => {
          const { request, notes } = send(wiki, cookie);
          const text = [cookie].flat().join();
          expect(request.cookies.length).toBeGreaterThan(0);
          expect(request.steps.length).toBeGreaterThan(0);
          if (request.user !== null)
            expect(text.includes(signedValue()) || text.includes(NAME_19)).toBe(true);
          const { otherCookies: _names, cookies, ...told } = request;
          const shown = JSON.stringify([told, notes, cookies.map(({ name: _name, ...rest }) => rest)]);
          expect(shown).not.toContain(SECRET);
          expect(shown).not.toContain(NAME_19);
        }),
        { numRuns: 3000, examples: [[[`MOIN_SESSION_80_ROOT${NAME_19}=1`, 'MOIN_SESSION_80_ROOT=2']]] },
      );
    },
  );

  it('the dates of the answer are dates, at any time of the clock', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: NOW * 5 }), (now) => {
        for (const { setCookies } of [
          to16(wiki, 'MOIN_SESSION=x', now).request,
          to19({ ...wiki, settings: { cookie_lifetime: [1, 1] } }, `MOIN_SESSION_a=${'b'.repeat(40)}`, {
            now,
          }).request,
        ])
          expect(setCookies[0]?.attributes[0]).toMatch(
            /^[Ee]xpires=[A-Z][a-z]+, \d\d-[A-Z][a-z]{2}-(\d\d|\d{4}) \d\d:\d\d:\d\d GMT$/,
          );
      }),
    );
  });
});
