import type { KeptCookie } from './set-cookie.js';

/** A cookie as `context.addCookies` of Playwright takes it. */
export interface PlaywrightCookie {
  name: string;
  value: string;
  domain: string;
  path: string;
  /** Seconds since 1970; -1 for a cookie that ends with the browser. */
  expires: number;
  httpOnly: boolean;
  secure: boolean;
  sameSite: 'Strict' | 'Lax' | 'None';
}

/** @param at where the server listens, and the site's time, by which the cookies end */
export function playwrightCookies(
  cookies: readonly KeptCookie[],
  { origin, now }: { origin: string; now: number },
): PlaywrightCookie[] {
  const { hostname } = new URL(origin);
  return cookies.map(({ name, value, domain, hostOnly, path, expires, httpOnly, secure, sameSite }) => ({
    name,
    value,
    domain: hostOnly ? hostname : `.${domain}`,
    path,
    expires: expires === Number.POSITIVE_INFINITY ? -1 : (Date.now() + expires - now) / 1000,
    httpOnly,
    secure,
    sameSite,
  }));
}
