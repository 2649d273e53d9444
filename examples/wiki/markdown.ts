import markdownIt from 'markdown-it';
import type { Visit } from 'moin-sessions';
import { macros } from './macros.js';

/** Shows HTML in a page as text. */
const markdown = markdownIt({ html: false, typographer: true });

/** A macro is a paragraph of its own, such as `<<PageList>>`. */
markdown.block.ruler.before('paragraph', 'macro', (state, line, _end, silent) => {
  const start = (state.bMarks[line] ?? 0) + (state.tShift[line] ?? 0);
  const name = /^<<(\w+)>>$/.exec(state.src.slice(start, state.eMarks[line]).trim())?.[1];
  if (name === undefined) return false;
  if (silent) return true;
  state.line = line + 1;
  Object.assign(state.push('macro', '', 0), { content: name, map: [line, line + 1] });
  return true;
});
markdown.renderer.rules.macro = (tokens, index) => tokens[index]?.content ?? '';

/** Returns a page's text as HTML. Runs its macros for this visit, one after the other. */
export async function renderPage(text: string, visit: Visit): Promise<string> {
  const tokens = markdown.parse(text, {});
  for (const token of tokens) {
    if (token.type !== 'macro') continue;
    const macro = macros[token.content];
    token.content = macro ? await macro(visit) : markdown.utils.escapeHtml(`<<${token.content}>>`);
  }
  return markdown.renderer.render(tokens, markdown.options, {});
}
