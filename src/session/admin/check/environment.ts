import type { FindingKind, Findings } from '../../../store/finding.js';

/** When each major version gets no security fixes any more (github.com/nodejs/Release). */
const ENDS: ReadonlyMap<number, string> = new Map([
  [20, '2026-04-30'],
  [22, '2027-04-30'],
  [24, '2028-04-30'],
  [26, '2029-04-30'],
]);

/** A hint: the engines of this package allow such a version, and a cron job under it must be able to be green. */
const NODE_END: FindingKind = {
  severity: 'info',
  code: 'node-end-of-life',
  what: 'This version of Node.js gets no security fixes any more.',
  why: 'Holes in it are known and stay open.',
  remedy: 'Run server and command line with a version that is supported.',
  fixable: false,
};

/** Checks the runtime of this command. The servers may run under another one. @param at in ms */
export function checkNode(findings: Findings, at: number, version = process.versions.node): void {
  const major = Number.parseInt(version, 10);
  const end = ENDS.get(major);
  // An odd version lives for half a year only, and there is one more since.
  const isOver = end === undefined ? major < 26 : at > Date.parse(`${end}T23:59:59Z`);
  if (!isOver) return;
  const until = end === undefined ? '' : ` since ${end}`;
  findings.add(NODE_END, version, { what: `Node.js ${version} gets no security fixes any more${until}.` });
}
