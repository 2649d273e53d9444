import { defineConfig } from 'moin-sessions';
import { SqliteStore } from './sqlite-store.mjs';

export default defineConfig({
  store: new SqliteStore(process.env.SESSIONS_DB ?? 'sessions.db'),
  anonymousCookieLifetime: 24, // hours
});
