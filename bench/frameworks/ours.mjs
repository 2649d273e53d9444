import { createHash } from 'node:crypto';
import { createSessions } from '../../dist/index.js';
import { temporaryFolder } from '../folder.mjs';

export const SECRET = createHash('sha256').update('bench').digest();

/** @param where `file:`, `memory:` or the URL of Redis */
export function ourSessions(where) {
  return createSessions({
    store: where === 'file:' ? `file:${temporaryFolder()}` : where,
    secrets: [SECRET],
    auth: ['moin_session', 'moin_anon_session'],
    anonymousCookieLifetime: 12,
  });
}
