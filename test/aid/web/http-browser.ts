import { CookieJar } from '../../../src/testing/cookie-jar.js';

/** A browser over HTTP. It follows no redirect by itself. */
export class HttpBrowser {
  readonly #origin: string;
  readonly #jar = new CookieJar();

  constructor(origin: string) {
    this.#origin = origin;
  }

  /** The `Cookie` header that a request sends now; empty without cookies. */
  get cookie(): string {
    return this.#jar.header(this.#origin);
  }

  async fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    if (this.cookie !== '') headers.set('cookie', this.cookie);
    const response = await fetch(this.#origin + path, { ...init, headers, redirect: 'manual' });
    this.keep(response);
    return response;
  }

  /** Takes the cookies of a response, also of one that another server of this host gave. */
  keep(response: Response): void {
    for (const field of response.headers.getSetCookie()) this.#jar.take(field, response.url);
  }

  async json(path: string, init?: RequestInit): Promise<unknown> {
    return (await this.fetch(path, init)).json();
  }

  post(path: string, fields: Record<string, string>): Promise<Response> {
    return this.fetch(path, { method: 'POST', body: new URLSearchParams(fields) });
  }
}

/** A browser that has a visitor's cookie. */
export async function visitor(origin: string): Promise<HttpBrowser> {
  const browser = new HttpBrowser(origin);
  await (await browser.fetch('/')).text();
  return browser;
}
