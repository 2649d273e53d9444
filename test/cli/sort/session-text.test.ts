import { expect, it } from 'vitest';
import { sessionFromText, sessionToText } from '../../../src/cli/sort/session-text.js';
import type { SessionInfo } from '../../../src/session/admin/info.js';

const known: SessionInfo = {
  id: 'a'.repeat(32),
  kind: 'user',
  state: 'active',
  userId: '7',
  userName: 'zoe',
  method: 'moin_login',
  created: new Date(1),
  seen: new Date(2),
  cookieExpires: new Date(3),
  expires: new Date(4),
  endedBy: 'administrator',
  endedAt: new Date(5),
  endReason: 'a lost laptop',
  address: '192.0.2.7',
  userAgent: 'curl/8',
  url: '/cart',
  keys: ['cart'],
  bytes: 5,
};
const unreadable: SessionInfo = {
  id: 'b'.repeat(32),
  kind: null,
  state: 'unreadable',
  userId: null,
  userName: null,
  method: null,
  created: null,
  seen: null,
  cookieExpires: null,
  expires: null,
  endedBy: null,
  endedAt: null,
  endReason: null,
  address: null,
  userAgent: null,
  url: null,
  keys: null,
  bytes: 6,
};

it.each([known, unreadable])('a session as text comes back with its dates: $state', (session) => {
  expect(sessionFromText(sessionToText(session))).toEqual(session);
});
