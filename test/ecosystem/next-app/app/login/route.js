import { withSessions } from 'moin-sessions/fetch';
import { sessions } from '../../lib/sessions.js';

export const POST = withSessions(sessions, (_request, { user, session }) => {
  if (session.available) session.set('views', (session.get('views') ?? 0) + 1);
  return new Response(`${user?.name ?? 'nobody'}`);
});
