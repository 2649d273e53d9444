import { createSessions } from 'moin-sessions';

export const sessions = createSessions({ store: process.env.STORE, users: process.env.USERS });
