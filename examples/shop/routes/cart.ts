import { type Request, type Response, Router } from 'express';
import type { Catalogue, Product } from '../catalogue.js';
import { html } from '../html.js';
import { csrfField, Refusal, show } from '../page.js';
import { addFlash, addToCart } from '../session.js';

/** The products and the visitor's cart. Nobody needs to log in for it. */
export function cartRoutes(catalogue: Catalogue): Router {
  const router = Router();

  router.get('/', (request, response) => {
    const products = catalogue.products.map((product) => productItem(request, product));
    show(request, response, 'Tea and what goes with it', html`<ul class="products">${products}</ul>`);
  });

  router.post('/cart', async (request, response) => {
    const product = catalogue.find(request.body.id);
    if (product === undefined || product.stock === 0) throw new Refusal(409, 'That is sold out.');
    await addToCart(request.session, product.id);
    addFlash(request.session, `In your cart: ${product.name}`);
    response.redirect(303, '/');
  });

  router.get('/cart', (request, response) => showCart(catalogue, request, response));

  router.post('/cart/empty', (request, response) => {
    request.session.delete('cart');
    response.redirect(303, '/cart');
  });

  return router;
}

function productItem(request: Request, { id, name, price, stock, picture }: Product) {
  return html`<li>
    ${picture !== null && html`<img src="/pictures/${id}" alt="">`}
    <b>${name}</b> <span>${euros(price)}</span>
    ${stock === 0 ? html`<i>sold out</i>` : html`<form method="post" action="/cart">${csrfField(request)}<button name="id" value="${id}" aria-label="Add ${name}">Add</button></form>`}
  </li>`;
}

function showCart(catalogue: Catalogue, request: Request, response: Response): void {
  const cart = request.session.get('cart') ?? {};
  const rows = Object.entries(cart).map(([id, count]) => ({ product: catalogue.find(id) as Product, count }));
  const total = rows.reduce((sum, { product, count }) => sum + product.price * count, 0);
  const lines = rows.map(({ product, count }) => html`<li>${count} × ${product.name}</li>`);
  const full = html`<ul>${lines}</ul><p>Together: <b>${euros(total)}</b></p>
    <form method="post" action="/cart/empty">${csrfField(request)}<button>Empty the cart</button></form>`;
  show(request, response, 'Your cart', rows.length === 0 ? html`<p>It is empty.</p>` : full);
}

function euros(cents: number): string {
  return `${(cents / 100).toFixed(2)} €`;
}
