import { defineConfig } from 'moin-sessions';
import { bearer } from './bearer.mjs';

export default defineConfig({
  store: new URL('./data/sessions', import.meta.url),
  users: new URL('./data/users.json', import.meta.url),
  auth: ['moin_login', bearer, 'moin_session', 'moin_anon_session'],
  anonymousCookieLifetime: 24,
});
