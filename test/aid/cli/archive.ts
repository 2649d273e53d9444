/** A request of an archive of Chrome's make. */
export interface Exchange {
  url?: string;
  method?: string;
  cookie?: string;
  body?: string;
  setCookie?: string;
  status?: number;
  headers?: Record<string, string>;
  /** Seconds after the first. Default: the place in the list. */
  at?: number;
  /** Seconds until the answer. Default: 0.1. */
  time?: number;
}

const START = Date.parse('2026-11-20T11:00:00.000Z');

export function archive(...exchanges: Exchange[]): string {
  return JSON.stringify({ log: { version: '1.2', entries: exchanges.map(entryOf) } });
}

function entryOf(exchange: Exchange, index: number) {
  const { url = 'https://shop.example/', method = 'GET', cookie, body, setCookie, status = 200 } = exchange;
  const { headers = {}, at = index, time = 0.1 } = exchange;
  const sent = { ...headers, ...(cookie && { Cookie: cookie }), ...(body && FORM) };
  return {
    startedDateTime: new Date(START + at * 1000).toISOString(),
    time: time * 1000,
    request: {
      method,
      url,
      headers: Object.entries(sent).map(([name, value]) => ({ name, value })),
      ...(body && { postData: { mimeType: FORM['Content-Type'], text: body } }),
    },
    response: { status, headers: setCookie ? [{ name: 'set-cookie', value: setCookie }] : [] },
  };
}

const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' };
