import { type Request, type Response, Router } from 'express';
import { ChangeUserError, changeBack, changeUser } from 'moin-sessions';
import type { Site } from '../site.js';
import { Refusal, show } from '../view.js';

/** Lets a superuser act as another user. The library checks who may; the wiki only hides the form. */
export function setuidRoutes({ users, superuser }: Site): Router {
  const router = Router();

  const showForm = async (request: Request, response: Response, error?: string) => {
    const { realUser } = request.visit;
    if (!superuser.includes(realUser?.name ?? '')) {
      throw new Refusal(403, 'Superusers only', 'Log in as one who may change user.');
    }
    const names = (await users.list()).filter(({ disabled }) => !disabled).map(({ name }) => name);
    const others = names.filter((name) => name !== realUser?.name);
    show(request, response, 'change-user', { title: 'Change user', names: others, error });
  };

  router.get('/change-user', (request, response) => showForm(request, response));

  router.post('/change-user', async (request, response) => {
    try {
      await changeUser(request.visit, String(request.body.name));
      response.redirect(303, '/');
    } catch (error) {
      if (!(error instanceof ChangeUserError)) throw error;
      response.status(403);
      await showForm(request, response, error.message);
    }
  });

  router.post('/change-user/back', async (request, response) => {
    await changeBack(request.visit);
    response.redirect(303, '/');
  });

  return router;
}
