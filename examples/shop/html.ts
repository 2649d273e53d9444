/** A piece of HTML that is safe to send. */
export class Html {
  constructor(readonly text: string) {}
}

type Part = Html | string | number | false | readonly Html[];

/** Builds HTML. Escapes every text that is put in; `false` puts in nothing. */
export function html(texts: TemplateStringsArray, ...parts: Part[]): Html {
  return new Html(texts.map((text, index) => text + textOf(parts[index] ?? '')).join(''));
}

function textOf(part: Part): string {
  if (part === false) return '';
  if (part instanceof Html) return part.text;
  if (typeof part === 'object') return part.map(({ text }) => text).join('');
  return String(part).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
