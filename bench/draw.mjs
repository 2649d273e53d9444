import { readFileSync, writeFileSync } from 'node:fs';
import { barChart } from './drawing/chart.mjs';
import { Figures } from './drawing/figures.mjs';
import { fillIn } from './drawing/page.mjs';
import { readResults } from './results.mjs';

// Fills docs/performance.md and draws its charts from docs/performance/results.json, so that nobody types a figure.
const DOCS = new URL('../docs/', import.meta.url);
const PAGE = new URL('performance.md', DOCS);
const CHARTS = {
  'http-read': { id: 'express/read', title: 'Express 5, a session is read' },
  'http-written': { id: 'express/written', title: 'Express 5, a session is written at each request' },
};
/** The versions that people run. The tables have the older ones too. */
const CHARTED = ['24', '26'];

const figures = new Figures(readResults(new URL('performance/results.json', DOCS)));
for (const [name, { id, title }] of Object.entries(CHARTS)) {
  const panels = CHARTED.filter((node) => figures.result(node, id) !== undefined).map((node) => ({
    title: `Node ${figures.run(node, id).node}`,
    bars: figures.result(node, id).contestants,
  }));
  if (panels.length > 0) writeFileSync(new URL(`images/${name}.svg`, DOCS), barChart(title, panels));
}
writeFileSync(PAGE, fillIn(readFileSync(PAGE, 'utf8'), figures));
