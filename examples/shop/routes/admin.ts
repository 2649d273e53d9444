import express, { type NextFunction, type Request, type Response, Router } from 'express';
import { type Catalogue, type Product, pictureOf } from '../catalogue.js';
import { html } from '../html.js';
import { csrfField, Refusal, show } from '../page.js';
import { addFlash } from '../session.js';

/** Bytes of a form with a picture. */
const LIMIT = 256 * 1024;

/** Parses a form with a file. Stands before the check of the token, which is in the form, and behind that of the role. */
export const multipart = [express.raw({ type: 'multipart/form-data', limit: LIMIT }), parseMultipart];

async function parseMultipart(request: Request, _response: Response, next: NextFunction): Promise<void> {
  if (!Buffer.isBuffer(request.body)) return next();
  const headers = { 'content-type': String(request.headers['content-type']) };
  const form = await new globalThis.Response(request.body, { headers }).formData().catch(() => {
    throw new Refusal(400, 'The form is malformed. Send it once more.');
  });
  request.body = Object.fromEntries(form.entries());
  next();
}

/** Stock and pictures, for editors. */
export function adminRoutes(catalogue: Catalogue): Router {
  const router = Router();

  router.get('/admin', (request, response) => {
    show(request, response, 'Stock', html`${catalogue.products.map((product) => forms(request, product))}`);
  });

  router.post('/admin/stock', (request, response) => {
    const product = known(catalogue, request);
    if (!/^\d{1,4}$/.test(request.body.stock))
      throw new Refusal(400, 'The stock is a number from 0 to 9999.');
    product.stock = Number(request.body.stock);
    addFlash(request.session, `${product.name}: ${product.stock} in stock`);
    response.redirect(303, '/admin');
  });

  router.post('/admin/picture', async (request, response) => {
    const product = known(catalogue, request);
    const { picture: file } = request.body;
    const picture = file instanceof Blob ? pictureOf(Buffer.from(await file.arrayBuffer())) : null;
    if (picture === null) throw new Refusal(415, 'The picture must be a PNG or a JPEG.');
    product.picture = picture;
    addFlash(request.session, `${product.name} has a new picture`);
    response.redirect(303, '/admin');
  });

  return router;
}

/** Shows a product's picture. Needs no session. */
export function picture(catalogue: Catalogue) {
  return (request: Request<{ id: string }>, response: Response) => {
    const found = catalogue.find(request.params.id)?.picture;
    if (!found) throw new Refusal(404, 'There is no such picture.');
    // A new picture has the same address.
    response.set('Cache-Control', 'no-cache').type(found.type).send(found.bytes);
  };
}

function known(catalogue: Catalogue, { body }: Request): Product {
  const product = catalogue.find(body.id);
  if (product === undefined) throw new Refusal(404, 'There is no such product.');
  return product;
}

function forms(request: Request, { id, name, stock }: Product) {
  const hidden = html`${csrfField(request)}<input type="hidden" name="id" value="${id}">`;
  return html`<section class="card"><h2>${name}</h2>
    <form method="post" action="/admin/stock">${hidden}
      <label>In stock <input name="stock" type="number" min="0" max="9999" value="${stock}"></label> <button>Set</button></form>
    <form method="post" action="/admin/picture" enctype="multipart/form-data">${hidden}
      <label>Picture <input name="picture" type="file" accept="image/png,image/jpeg" required></label> <button>Upload</button></form>
  </section>`;
}
