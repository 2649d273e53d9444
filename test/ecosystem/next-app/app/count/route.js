import { withSessions } from 'moin-sessions/fetch';
import { sessions } from '../../lib/sessions.js';

export const POST = withSessions(sessions, async (_request, { session }) => {
  const views = await session.update('views', (before = 0) => before + 1);
  return Response.json(views);
});
