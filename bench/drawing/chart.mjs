const WIDTH = 800;
const LABEL = 190;
const BAR = { height: 16, gap: 6, longest: 460 };
const PANEL_HEAD = 34;
const TITLE = 52;
const OURS = 'moin-sessions';

/**
 * A bar chart of the CPU time of a request, as SVG text for light and dark pages. All panels have one scale, which begins at 0.
 * @param panels `title`, and `bars`: by contestant, `cpu` and `over` (what it adds to the bare framework) in µs
 */
export function barChart(title, panels) {
  const most = Math.max(...panels.flatMap(({ bars }) => Object.values(bars).map(({ cpu }) => cpu)));
  let y = TITLE;
  const drawn = panels.map(({ title, bars }) => {
    const panel = drawPanel(title, Object.entries(bars), { y, scale: BAR.longest / most });
    y += panel.height;
    return panel.text;
  });
  const legend =
    'CPU time of the server for a request, in µs: grey is the bare framework, colour is what sessions add';
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${y + 10}" viewBox="0 0 ${WIDTH} ${y + 10}" role="img" aria-label="${escaped(title)}">
<title>${escaped(title)}</title>
<style>
text { font: 13px system-ui, sans-serif; fill: #1f2328 }
.title { font-size: 16px; font-weight: 600 }
.panel, .ours { font-weight: 600 }
.note { fill: #59636e }
.bare { fill: #afb8c1 }
.added { fill: #6ea8d8 }
.ours.added { fill: #1a7f37 }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3 }
.note { fill: #9198a1 }
.bare { fill: #57606a }
.added { fill: #3a6ea5 }
.ours.added { fill: #3fb950 }
}
</style>
<text class="title" x="0" y="18">${escaped(title)}</text>
<text class="note" x="0" y="38">${escaped(legend)}</text>
${drawn.join('\n')}
</svg>
`;
}

function drawPanel(title, bars, { y, scale }) {
  const sorted = bars.toSorted(([, a], [, b]) => a.cpu - b.cpu);
  const lines = sorted.map(([name, numbers], index) =>
    drawBar(name, numbers, { y: y + PANEL_HEAD + index * (BAR.height + BAR.gap), scale }),
  );
  const head = `<text class="panel" x="0" y="${y + 22}">${escaped(title)}</text>`;
  return { text: [head, ...lines].join('\n'), height: PANEL_HEAD + bars.length * (BAR.height + BAR.gap) };
}

function drawBar(name, { cpu, over }, { y, scale }) {
  const owner = name.startsWith(OURS) ? ' ours' : '';
  const bare = Math.min(cpu, cpu - over) * scale;
  const added = Math.max(0, over) * scale;
  const baseline = y + BAR.height - 4;
  const figure = over === 0 ? cpu.toFixed(0) : `${cpu.toFixed(0)} (+${over.toFixed(0)})`;
  return [
    `<text class="label${owner}" x="0" y="${baseline}">${escaped(name)}</text>`,
    `<rect class="bare" x="${LABEL}" y="${y}" width="${bare.toFixed(1)}" height="${BAR.height}"/>`,
    `<rect class="added${owner}" x="${(LABEL + bare).toFixed(1)}" y="${y}" width="${added.toFixed(1)}" height="${BAR.height}"/>`,
    `<text class="figure${owner}" x="${(LABEL + bare + added + 6).toFixed(1)}" y="${baseline}">${figure}</text>`,
  ].join('\n');
}

function escaped(text) {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
