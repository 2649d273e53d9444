import { Router } from 'express';
import { show } from '../view.js';

/** Shows what the auth chain did with this request. */
export function traceRoutes(): Router {
  const router = Router();
  router.get('/trace', (request, response) => {
    const { visit } = request;
    show(request, response, 'trace', {
      title: 'What the auth chain did',
      steps: visit.trace,
      incoming: visit.cookies,
      outgoing: visit.outgoing(),
      session: visit.session,
    });
  });
  return router;
}
