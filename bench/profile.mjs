import { show } from './report.mjs';
import { send, startSite } from './site.mjs';

const KINDS = ['bare', 'moin-sessions, files'];
const PATHS = { read: '/read', written: '/write' };
/** Microseconds a request; groups of code that take less are added up. */
const LEAST = 0.5;

/** Where the CPU time of a request on Express goes, by group of code, from a profile of the server. */
export async function profile({ seconds, warmUp }) {
  const rows = {};
  for (const kind of KINDS) {
    const site = await startSite('express', kind);
    for (const [name, path] of Object.entries(PATHS)) {
      if (warmUp > 0) await send(site, path, { duration: warmUp });
      await site.startProfile();
      const { total } = await send(site, path, { duration: seconds });
      rows[`${kind}, ${name}`] = perRequest(await site.stopProfile(), total);
    }
    await site.stop();
  }
  const result = {
    id: 'profile',
    title: 'CPU time of a request in µs, by group of code',
    isTransposed: true,
    contestants: withAllNames(rows),
  };
  show(result);
  return [result];
}

function perRequest(times, total) {
  return Object.fromEntries(Object.entries(times).map(([name, time]) => [name, time / total]));
}

function withAllNames(rows) {
  const all = Object.values(rows);
  const most = (name) => Math.max(...all.map((row) => row[name] ?? 0));
  const names = [...new Set(all.flatMap(Object.keys))].toSorted((a, b) => most(b) - most(a));
  const shown = names.filter((name) => most(name) >= LEAST);
  const rest = names.filter((name) => !shown.includes(name));
  const sum = (row, of) => of.reduce((total, name) => total + (row[name] ?? 0), 0);
  return Object.fromEntries(
    Object.entries(rows).map(([kind, row]) => [
      kind,
      {
        ...Object.fromEntries(shown.map((name) => [name, row[name] ?? 0])),
        'all the rest': sum(row, rest),
        all: sum(row, names),
      },
    ]),
  );
}
