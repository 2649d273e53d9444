import type { Link, RedisClient } from './link.js';

/** A link, and whether it is open. */
export interface Line {
  link: Link;
  opening: Promise<unknown>;
  isOpen: boolean;
  /** When it opened, by `performance.now`. */
  openedAt: number;
  /** Whether the store closes it: it made the client, or had to connect it. */
  isOurs: boolean;
}

/** Connects a client that is not connected. `opening` may reject; then the line is of no use. */
export function openLine(link: Link): Line {
  const isOurs = !link.client.isOpen;
  const line: Line = {
    link,
    opening: Promise.resolve(),
    isOpen: !isOurs,
    openedAt: performance.now(),
    isOurs,
  };
  if (!isOurs) return line;
  line.opening = link.client.connect().then(() => {
    line.isOpen = true;
    line.openedAt = performance.now();
  });
  line.opening.catch(() => {}); // each call that waits for it reports it
  return line;
}

/** The clients of Sentinel and of a cluster report the errors of their connections under names of their own. */
export function listen(client: RedisClient, report: (error: unknown) => void): void {
  client.on('error', report);
  client.on('node-error', report);
  client.on('client-error', (event) => report((event as { error?: unknown }).error ?? event));
}

export function closeLine({ link }: Line): void {
  try {
    Promise.resolve(link.client.destroy()).catch(() => {});
  } catch {
    // It is closed already.
  }
}
