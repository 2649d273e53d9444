import { createHash } from 'node:crypto';
import { createSessions } from '../../dist/index.js';
import { temporaryFolder } from '../folder.mjs';

export const SECRET = createHash('sha256').update('bench').digest();

/** @param scheme `file:` or `memory:` */
export function ourSessions(scheme) {
  return createSessions({
    store: scheme === 'file:' ? `file:${temporaryFolder()}` : scheme,
    secrets: [SECRET],
    auth: ['moin_session', 'moin_anon_session'],
    anonymousCookieLifetime: 12,
  });
}
