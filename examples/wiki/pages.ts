import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A page of the wiki: `pages/NAME.md` in English, or `pages/NAME.LANGUAGE.md`. */
export interface Page {
  name: string;
  /** As in HTML's `lang`. */
  lang: string;
  /** The first heading. */
  title: string;
  /** Markdown without the first heading. */
  text: string;
}

const FOLDER = join(import.meta.dirname, 'pages');
const FILE = /^(?<name>[^.]+)(?:\.(?<lang>[a-z]{2}))?\.md$/u;

/** All pages by name. Reads the files each time, so that an edit shows at the next click. */
export function readPages(): Page[] {
  const pages = readdirSync(FOLDER).flatMap((file) => {
    // Some file systems store accents decomposed.
    const { name, lang = 'en' } = FILE.exec(file.normalize('NFC'))?.groups ?? {};
    return name === undefined ? [] : [readPage(file, name, lang)];
  });
  return pages.sort((a, b) => a.name.localeCompare(b.name, 'en'));
}

/** A page by its name. The requested name never becomes part of a path. */
export function findPage(name: string): Page | undefined {
  return readPages().find((page) => page.name === name.normalize('NFC'));
}

function readPage(file: string, name: string, lang: string): Page {
  const text = readFileSync(join(FOLDER, file), 'utf8');
  const heading = /^# (.+)\n/u.exec(text);
  return { name, lang, title: heading?.[1] ?? name, text: text.slice(heading?.[0].length ?? 0) };
}
