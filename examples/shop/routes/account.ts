import { type Request, type Response, Router } from 'express';
import { type FileUserDirectory, type LoginResult, UserRuleError } from 'moin-sessions';
import { html } from '../html.js';
import { csrfField, Refusal, show } from '../page.js';
import { addFlash } from '../session.js';

const REFUSED: Partial<Record<LoginResult, string>> = {
  failed: 'Wrong name or password.',
  denied: 'You are logged in too often: log out elsewhere first.',
  'cross-site': 'Another site sent the form: log in here.',
};

/** The auth chain logs in and out by the forms at `/login` and `/logout`, before these routes run. A sign-up logs in by itself. */
export function accountRoutes(users: FileUserDirectory): Router {
  const router = Router();

  router.get('/login', (request, response) => showLogin(request, response));
  router.post('/login', (request, response) => {
    const { user, loginResult } = request.visit;
    if (loginResult !== 'accepted') return showLogin(request, response.status(401), REFUSED[loginResult]);
    addFlash(request.session, `Moin, ${user?.name}!`);
    response.redirect(303, '/');
  });
  router.post('/logout', (_request, response) => response.redirect(303, '/'));

  router.get('/sign-up', (request, response) => showSignUp(request, response));
  router.post('/sign-up', async (request, response) => {
    const user = await signUp(users, request.body);
    if (typeof user === 'string') return showSignUp(request, response.status(400), user);
    const result = await request.visit.logIn(user, { label: 'sign-up' });
    if (result !== 'accepted') throw new Refusal(403, 'You have signed up, but cannot log in.');
    addFlash(request.session, `Welcome, ${user.name}!`);
    response.redirect(303, '/');
  });

  return router;
}

/** Adds a user. Returns what is wrong, in words for the person who typed it. */
async function signUp(users: FileUserDirectory, { name = '', password = '' }) {
  if (password.length < 8) return 'Use 8 characters or more for the password.';
  return users.add(String(name), String(password)).catch((error: unknown) => {
    if (error instanceof UserRuleError && error.code === 'name-taken')
      return 'There is a user of this name already.';
    if (error instanceof UserRuleError) return `Choose something else: ${error.message}.`;
    throw error;
  });
}

function showLogin(request: Request, response: Response, error?: string): void {
  const remember = html`<label><input type="checkbox" name="rememberMe" value="1"> Remember me on this device</label>`;
  show(
    request,
    response,
    'Log in',
    form('/login', request, error, html`${remember} <button name="login" value="1">Log in</button>`),
  );
}

function showSignUp(request: Request, response: Response, error?: string): void {
  show(
    request,
    response,
    'Sign up',
    form('/sign-up', request, error, html`${csrfField(request)}<button>Sign up</button>`),
  );
}

function form(action: string, { body }: Request, error: string | undefined, end: ReturnType<typeof html>) {
  const autocomplete = action === '/login' ? 'current-password' : 'new-password';
  return html`${error !== undefined && html`<p class="error" role="alert">${error}</p>`}
  <form class="card" method="post" action="${action}">
    <label>Name <input name="name" value="${String(body?.name ?? '')}" autocomplete="username" required autofocus></label>
    <label>Password <input name="password" type="password" autocomplete="${autocomplete}" required></label>
    ${end}
  </form>`;
}
