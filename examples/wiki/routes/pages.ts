import { type Request, type Response, Router } from 'express';
import { trail } from 'moin-sessions';
import { renderPage } from '../markdown.js';
import { findPage } from '../pages.js';
import { notFound, show } from '../view.js';

const FRONT_PAGE = 'FrontPage';

/** Serves the pages from Markdown files and adds each to the visitor's trail. */
export function pageRoutes(): Router {
  const router = Router();
  router.get('/', (request, response, next) => showPage(FRONT_PAGE, request, response, next));
  router.get('/wiki/:name', (request, response, next) =>
    showPage(request.params.name, request, response, next),
  );
  return router;
}

async function showPage(
  name: string,
  request: Request,
  response: Response,
  next: (error?: unknown) => void,
): Promise<void> {
  const page = findPage(name);
  if (page === undefined) return notFound(request, response, next);
  await trail(request.visit).add(page.name);
  const html = await renderPage(page.text, request.visit);
  show(request, response, 'page', { title: page.title, lang: page.lang, html });
}
