import type { SessionState } from '../../../session/lifecycle/state.js';
import type { SessionKind } from '../../../store/session-record.js';
import { rowsOf } from '../rows.js';
import type { TopicText } from '../topic.js';

const STATES = {
  active: 'its cookie opens it, until cookieExpires',
  grace: 'the cookie has expired and opens nothing; the record is kept for one more hour, until expires',
  expired: 'from expires on, or somebody ended it: the purge may remove it',
  refused:
    'its time is not over, but its user is disabled or gone, or the auth method that established the user has left the chain: the cookie opens nothing',
  unreadable:
    'the stored bytes are no session, or you may not read them: nothing removes it unless you name it',
} satisfies Record<SessionState, string>;

const KINDS = {
  user: 'somebody is logged in',
  anonymous: 'a visitor who is not logged in and has values in a session',
} satisfies Record<SessionKind, string>;

export const statesTopic: TopicText = {
  intro: [],
  groups: [
    { heading: 'States', rows: rowsOf(STATES) },
    { heading: 'Kinds', rows: rowsOf(KINDS) },
  ],
  notes: [
    'With --store and no configuration the program knows neither users nor auth chain, so it takes no session for refused. A session that was ended leaves a tombstone for an hour: nothing that is saved late brings it back.',
    'In a MoinMoin wiki the states say what that MoinMoin does. Version 1.9 has no grace: expires is cookieExpires. A session of 1.9 without an expiry is expired, because its clean-up removes it, and yet its cookie opens it; one of 1.6 is active for ever. Version 1.6 resumes a visitor as long as the file is there. Refused are those whose user is disabled or gone in the files of the wiki.',
  ],
};
