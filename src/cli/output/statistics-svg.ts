import type { GroupStatistics } from '../../session/admin/statistics/groups.js';
import type { Statistics } from '../../session/admin/statistics/statistics.js';
import { counted, grouped, percent, shortBytes } from './humanize.js';
import { sanitize } from './sanitize.js';
import { groupColumns, groupRows } from './statistics-groups.js';
import { bucketText } from './statistics-times.js';

const WIDTH = 760;
const LABEL = 230;
/** The room of the figures beside the bars. */
const FIGURE = 120;
const BAR = { height: 16, step: 22 };
const HEAD = 66;
const PANEL_HEAD = 40;
/** Characters that the room of a label holds. */
const LABEL_LENGTH = 30;

const STYLE = `svg { color-scheme: light dark }
.page { fill: #fff }
text { font: 13px system-ui, sans-serif; fill: #1f2328 }
.title { font-size: 18px; font-weight: 600 }
.panel { font-weight: 600 }
.note, .figure { fill: #59636e }
.bar { fill: #2f7fb8 }
.track { fill: #eaeef2 }
@media (prefers-color-scheme: dark) {
.page { fill: #0d1117 }
text { fill: #e6edf3 }
.note, .figure { fill: #9198a1 }
.bar { fill: #4f9fd6 }
.track { fill: #21262d }
}`;

interface Panel {
  title: string;
  note: string;
  bars: readonly { label: string; figure: string; share: number }[];
}

/**
 * Draws statistics as an SVG that can be read alone, on light and dark pages. It has no scripts, and loads nothing.
 * @param filters the flags that selected the sessions
 */
export function statisticsSvg(statistics: Statistics, filters: readonly string[]): string {
  const panels = panelsOf(statistics);
  let y = HEAD;
  const drawn = panels.map((panel) => {
    const text = panelSvg(panel, y);
    y += PANEL_HEAD + Math.max(1, panel.bars.length) * BAR.step + 14;
    return text;
  });
  const height = y + 6;
  const title = `${counted(statistics.sessions, 'session')} at ${statistics.at.toISOString()}`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="-20 -12 ${WIDTH + 40} ${height + 24}" role="img" aria-label="${escapeXml(title)}">
<title>${escapeXml(title)}</title>
<style>
${STYLE}
</style>
<rect class="page" x="-20" y="-12" width="100%" height="100%"/>
<text class="title" x="0" y="20">${escapeXml(title)}</text>
<text class="note" x="0" y="42">${escapeXml(subtitle(statistics, filters))}</text>
${drawn.join('\n')}
</svg>
`;
}

function subtitle({ bytes, users }: Statistics, filters: readonly string[]): string {
  const selection = filters.length === 0 ? 'all of the store' : `selected by ${filters.join(' ')}`;
  return `${selection}; ${shortBytes(bytes.sum)}; ${counted(users.count, 'user')} with ${counted(users.sessions, 'session')}`;
}

function panelsOf(statistics: Statistics): Panel[] {
  const { states, sessions, expiry, age, groups } = statistics;
  const times = (buckets: Statistics['age']) =>
    bars(
      buckets.map((bucket) => ({ label: bucketText(bucket), count: bucket.sessions })),
      buckets.reduce((sum, bucket) => sum + bucket.sessions, 0),
    );
  const stateCounts = Object.entries(states).map(([label, count]) => ({ label, count }));
  const panels = [
    { title: 'State', note: 'of all sessions', bars: bars(stateCounts, sessions) },
    { title: 'Expiry', note: 'time until the cookie expires, of those that have not', bars: times(expiry) },
    { title: 'Age', note: 'time since the session was created', bars: times(age) },
  ];
  if (groups === null) return panels;
  const title = `By ${groups.by.join(' and ')}`;
  return [...panels, { title, note: 'of all sessions', bars: bars(groupCounts(groups, sessions), sessions) }];
}

interface LabelledCount {
  label: string;
  count: number;
  /** Whether there is a figure and no bar. Default false. */
  isPlain?: boolean;
}

function bars(counts: readonly LabelledCount[], total: number): Panel['bars'] {
  const most = counts.reduce(
    (largest, { count, isPlain }) => (isPlain ? largest : Math.max(largest, count)),
    0,
  );
  return counts.map(({ label, count, isPlain = false }) => ({
    label,
    figure: `${grouped(count)} (${percent(count, total)})`,
    share: isPlain || most === 0 ? 0 : count / most,
  }));
}

/** The groups by the texts of their fields in a table. */
function groupCounts(groups: GroupStatistics, sessions: number): LabelledCount[] {
  const fields = groupColumns(groups.by, sessions).filter(({ min }) => min !== undefined);
  return groupRows(groups).map((row) => {
    const texts = fields.map((column) => column.cell?.(row, 0, String) ?? '');
    const label = texts.filter((text) => text !== '').join(', ');
    return { label, count: row.group.sessions, isPlain: row.others !== undefined };
  });
}

function panelSvg({ title, note, bars: drawn }: Panel, y: number): string {
  const head = `<text class="panel" x="0" y="${y + 20}">${escapeXml(title)} <tspan class="note" font-weight="400">${escapeXml(note)}</tspan></text>`;
  const longest = WIDTH - LABEL - FIGURE;
  const lines = drawn.map(({ label, figure, share }, index) => {
    const top = y + PANEL_HEAD + index * BAR.step - 6;
    const baseline = top + BAR.height - 4;
    return `<text x="0" y="${baseline}">${escapeXml(shortened(label))}</text>
<rect class="track" x="${LABEL}" y="${top}" width="${longest}" height="${BAR.height}"/>
<rect class="bar" x="${LABEL}" y="${top}" width="${(share * longest).toFixed(1)}" height="${BAR.height}"/>
<text class="figure" x="${LABEL + longest + 8}" y="${baseline}">${escapeXml(figure)}</text>`;
  });
  if (drawn.length === 0) lines.push(`<text class="note" x="0" y="${y + PANEL_HEAD + 6}">none</text>`);
  return [head, ...lines].join('\n');
}

function shortened(label: string): string {
  const characters = [...label];
  return characters.length <= LABEL_LENGTH ? label : `${characters.slice(0, LABEL_LENGTH - 1).join('')}…`;
}

/** `sanitize` replaces the characters that XML does not allow, but for two. */
function escapeXml(text: string): string {
  return sanitize(text)
    .replace(/[\ufffe\uffff]/g, '\ufffd')
    .replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
