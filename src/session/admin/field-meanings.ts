import type { SessionDetail } from './info.js';

/** What each field of a session says, for the help and the documents. The compiler refuses a missing one. */
export const FIELD_MEANINGS: Readonly<
  Record<Exclude<keyof SessionDetail, 'unreadable' | 'refused'>, string>
> = {
  id: 'digest of the token, 32 hex digits: it opens no session',
  kind: 'user or anonymous',
  state: 'active, grace, expired, refused or unreadable',
  userId: 'id of the user',
  userName: 'name of the user at the login',
  method: 'auth method that established the user',
  created: 'when the session began',
  seen: 'last refresh; may lag by a tenth of the lifetime, 1h at most',
  cookieExpires: 'when the cookie stops opening the session',
  expires: 'when the purge may remove the record: an hour after the cookie',
  endedBy: 'who ended it: administrator, user or limit',
  endedAt: 'when it was ended',
  endReason: 'the reason that was given for operators',
  address: 'client address of the last refresh, if rememberClient keeps it',
  userAgent: 'browser of the last refresh, if rememberClient keeps it',
  url: 'address of the last refreshed page, if rememberClient keeps it',
  keys: 'keys of the values in it',
  bytes: 'stored size',
  data: "the values themselves: 'inspect' alone",
  revision: "how often it was written: 'inspect' alone",
};
