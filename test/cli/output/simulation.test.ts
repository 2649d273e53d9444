import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { simulationText } from '../../../src/cli/output/simulation.js';
import { PLAIN } from '../../../src/cli/output/style.js';
import { unicodeRuler } from '../../../src/cli/output/text.js';
import type { SetCookie } from '../../../src/session/cookie/response-cookie.js';
import type { SimulatedRequest } from '../../../src/simulate.js';

const ruler = await unicodeRuler();
const ID = 'abcd'.repeat(8);
const zoe = { id: '7', name: 'zoe', method: 'moin_login', valid: true };
const refused: SimulatedRequest = {
  cookies: [{ name: 'MOIN_SESSION', kind: 'user', verdict: 'ok', sessionId: ID, secret: 1 }],
  otherCookies: [],
  steps: [
    {
      method: 'moin_session',
      userBefore: zoe,
      userAfter: { ...zoe, valid: false },
      continue: false,
      reason: 'refused-expired',
      text: 'the cookie expired an hour ago',
      effects: ['delete the cookie'],
    },
  ],
  user: null,
  session: { available: false, id: null, kind: 'anonymous', isNew: true, keys: [] },
  setCookies: [{ name: 'MOIN_SESSION', kind: null, action: 'delete', maxAge: 0, attributes: [] }],
  writes: [{ action: 'delete', id: ID }],
};
const restored: SimulatedRequest = {
  cookies: [{ name: 'MOIN_SESSION', kind: 'anon', verdict: 'bad-signature', sessionId: null, secret: null }],
  otherCookies: [],
  steps: [],
  user: { id: '7', name: 'שלום\x1b[2J', method: 'mine' },
  session: { available: true, id: ID, kind: 'user', isNew: false, keys: ['cart', 'trail\u202e'] },
  setCookies: [
    {
      name: 'MOIN_SESSION',
      kind: 'user',
      action: 'set',
      maxAge: 3600,
      attributes: ['Max-Age=3600', 'HttpOnly'],
    },
  ],
  writes: [],
};
const show = (requests: SimulatedRequest[], width = 100) =>
  simulationText({ at: '2026-05-01T12:00:00.000Z', requests }, { width, style: PLAIN, ruler });

describe('the story of a simulation', () => {
  it('shows who came in, each decision with its reason, who went out, and what would be written', () => {
    expect(show([refused])).toBe(`At 2026-05-01T12:00:00.000Z, on a read-only view of the store

Request
  cookies   MOIN_SESSION has a good signature (kind user) by secret 2, an older one and names
            session ${ID}
  step 1    moin_session: refused-expired; zoe → zoe (no longer logged in) (the chain ends here)
            the cookie expired an hour ago
            delete the cookie
  user      nobody is logged in
  session   not available: what is put into it will not be saved
  response  deletes the cookie MOIN_SESSION
  store     would delete ${ID}
`);
  });

  it('numbers several requests and shows an existing session', () => {
    const text = show([restored, restored]);
    expect(text).toContain('Request 2 of 2');
    expect(text).toContain(`session   ${ID}, available, kind user, stored, holds cart, trail`);
    expect(text).toContain('sets the cookie MOIN_SESSION (kind user): Max-Age 3600 s; HttpOnly');
    expect(text).toContain('has a signature that no secret of this site makes');
    expect(text).toContain('store     stays as it is');
  });

  it('spec 3: of a cookie that ends with the browser it says so', () => {
    const [cookie] = restored.setCookies as [SetCookie];
    const session = {
      ...restored,
      setCookies: [{ ...cookie, maxAge: null, attributes: ['Path=/', 'HttpOnly'] }],
    };
    expect(show([session])).toContain(
      'sets the cookie MOIN_SESSION (kind user): until the browser closes; Path=/; HttpOnly',
    );
  });

  it('writes no character that controls the terminal, and stays within its width', () => {
    const text = show([refused, restored], 60);
    expect(text).not.toContain('\x1b');
    expect(text).not.toContain('\u202e');
    for (const line of text.split('\n')) expect(stringWidth(line)).toBeLessThanOrEqual(60);
  });
});
