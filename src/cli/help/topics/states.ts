import type { SessionState } from '../../../session/lifecycle/state.js';
import type { SessionKind } from '../../../store/session-record.js';
import { rowsOf } from '../rows.js';
import type { TopicText } from '../topic.js';

const STATES = {
  active: 'its cookie opens it, until cookieExpires',
  grace: 'its cookie has expired and opens nothing; it is kept for one more hour, until expires',
  expired: 'from expires on, or somebody ended it: the purge may remove it',
  refused: 'its user is disabled or gone, or its auth method left the chain: its cookie opens nothing',
  unreadable: 'no session, or not yours to read: removed only if you name it',
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
    'With --store and no configuration neither users nor auth chain are known, so no session counts as refused. A session that was ended leaves a tombstone for an hour: nothing that is saved late brings it back.',
    'In a MoinMoin wiki the states say what that MoinMoin does, and its own files say whose user is disabled or gone. Version 1.9 has no grace: expires is cookieExpires. A session of 1.9 without an expiry is expired, because its clean-up removes it, and yet its cookie opens it. Version 1.6 has such sessions for ever, and resumes a visitor as long as the file is there.',
  ],
};
