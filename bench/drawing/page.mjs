import { micros, millis, table, transposed } from '../report.mjs';
import { TARGETS } from './targets.mjs';

/** The versions that the targets are for. Older ones must be no slower than before. */
const TARGETED = ['24', '26'];
const NOT_MEASURED = '–';
const TEXTS = {
  cpu: micros,
  over: micros,
  wall: micros,
  rate: (value) => String(Math.round(value)),
  bytes: (value) => String(Math.round(value)),
  seconds: (value) => `${value.toFixed(2)} s`,
  p99: millis,
  longest: millis,
};
const OTHER = (value) => value.toFixed(1);

/** What a mark of the page stands for, by its first word: `<!-- figures WORD ... -->` up to `<!-- end -->`. */
const MARKS = {
  targets: targetTable,
  machine: machineText,
  table: byNode,
  all: oneNode,
};

/** Replaces what stands between the marks of a page. */
export function fillIn(page, figures) {
  return page.replace(/(<!-- figures (.+?) -->\n)[\s\S]*?(<!-- end -->)/g, (_, begin, words, end) => {
    const [mark, ...rest] = words.split(' ');
    return `${begin}\n${MARKS[mark](figures, ...rest)}\n\n${end}`;
  });
}

function targetTable(figures) {
  const rows = TARGETS.map(({ what, target, value, isMet, text }) => [
    what,
    target,
    ...figures.nodes.map((node) => {
      const of = (...path) => figures.value(node, ...path);
      const contestants = (id) => Object.keys(figures.result(node, id)?.contestants ?? {});
      return verdict(value(of, contestants), text, TARGETED.includes(node) ? isMet : undefined);
    }),
  ]);
  return table(['what', 'target', ...figures.nodes.map((node) => `Node ${node}`)], rows);
}

function verdict(value, text, isMet) {
  if (!Number.isFinite(value)) return NOT_MEASURED;
  if (isMet === undefined) return text(value);
  return isMet(value) ? `**${text(value)}**` : `*not met:* ${text(value)}`;
}

/** Which Node, where and when. */
function machineText({ runs }) {
  const distinct = (key) => [...new Set(runs.map((run) => run[key]))].sort().join(', ');
  const dates = runs.map(({ date }) => date.slice(0, 10)).sort();
  return `Node ${distinct('node')}; ${distinct('platform')}, ${distinct('processors')} processors; stores on ${distinct('fileSystem')}; measured from ${dates[0]} to ${dates.at(-1)}.`;
}

/** One metric of one result: a row for each contestant, a column for each Node. `over` stands behind the CPU time. */
function byNode(figures, id, metric) {
  const nodes = figures.nodes.filter((node) => figures.result(node, id) !== undefined);
  const names = new Set(nodes.flatMap((node) => Object.keys(figures.result(node, id).contestants)));
  const cell = (node, name) => {
    const value = figures.value(node, id, name, metric);
    if (!Number.isFinite(value)) return NOT_MEASURED;
    const over = metric === 'cpu' ? figures.value(node, id, name, 'over') : Number.NaN;
    return over > 0 ? `${micros(value)} (+${over.toFixed(0)})` : (TEXTS[metric] ?? OTHER)(value);
  };
  const rows = [...names].map((name) => [name, ...nodes.map((node) => cell(node, name))]);
  return table(['', ...nodes.map((node) => `Node ${node}`)], rows);
}

/** All metrics of one result under one Node. */
function oneNode(figures, node, id) {
  const result = figures.result(node, id);
  return result === undefined ? NOT_MEASURED : transposed(result, `Node ${node}`);
}
