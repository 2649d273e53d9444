/** A client that keeps cookies as a browser does (RFC 6265, sections 5.3 and 5.4), and follows no redirect by itself. */
export class Browser {
  readonly #origin: string;
  readonly #cookies = new Map<string, string>();

  constructor(origin: string) {
    this.#origin = origin;
  }

  get cookie(): string {
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  async fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    if (this.cookie !== '') headers.set('cookie', this.cookie);
    const response = await fetch(this.#origin + path, { ...init, headers, redirect: 'manual' });
    for (const field of response.headers.getSetCookie()) this.#keep(field);
    return response;
  }

  async json(path: string, init?: RequestInit): Promise<unknown> {
    return (await this.fetch(path, init)).json();
  }

  post(path: string, fields: Record<string, string>): Promise<Response> {
    return this.fetch(path, { method: 'POST', body: new URLSearchParams(fields) });
  }

  #keep(field: string): void {
    const [pair = '', ...attributes] = field.split('; ');
    const [name = '', value = ''] = [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)];
    if (attributes.includes('Max-Age=0')) this.#cookies.delete(name);
    else if (!attributes.includes('Secure') || this.#origin.startsWith('https:'))
      this.#cookies.set(name, value);
  }
}

/** A browser that has a visitor's cookie. */
export async function visitor(origin: string): Promise<Browser> {
  const browser = new Browser(origin);
  await (await browser.fetch('/')).text();
  return browser;
}
