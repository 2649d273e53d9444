import { startContestant } from './contestants/start.mjs';
import { inTurn } from './measure.mjs';
import { show } from './report.mjs';

/** What is called: the contestant, its operation, and the part of `count` calls that a turn makes. */
const ROWS = {
  'two saves': { contestant: 'two saves', operation: 'twoSaves', share: 1 },
  login: { contestant: 'logins', operation: 'login', share: 1 },
  logout: { contestant: 'logins', operation: 'logout', share: 1 },
  rotation: { contestant: 'logins', operation: 'rotation', share: 1 },
  'scrypt, one password': { contestant: 'scrypt', operation: 'scrypt', share: 1 / 400 },
};

/** The requests that change who is logged in, without the cost of a password, which stands beside it. */
export async function login({ rounds, warmUp, size, count }) {
  const turns = {};
  const started = [];
  for (const [row, { contestant, operation, share }] of Object.entries(ROWS)) {
    const { cost, stop } = await startContestant(contestant, { size });
    started.push(stop);
    turns[row] = () => cost(operation, { count: Math.ceil((count / 2) * share), atOnce: 1 });
  }
  const contestants = await inTurn(turns, { rounds, warmUp });
  await Promise.all(started.map((stop) => stop()));
  const result = { id: 'login', title: 'Login, logout and rotation, one at a time', contestants };
  show(result);
  return [result];
}
