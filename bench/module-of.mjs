import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const MARK = /^\/\/ (\S+)\.js$/;
const marks = new Map();

/**
 * The module of the library that a place in a built file belongs to, such as `store/file/store`; null for other code. In a
 * merged file, a comment above its code names each module. @param line from 0, as in a profile
 */
export function moduleOf(url, line) {
  const path = /\/dist\/(.+)\.js$/.exec(url)?.[1];
  if (path === undefined) return null;
  if (!path.startsWith('merged/')) return path;
  if (!marks.has(url)) marks.set(url, marksIn(url));
  return marks.get(url).findLast((mark) => mark.line <= line)?.module ?? path;
}

function marksIn(url) {
  const lines = readFileSync(fileURLToPath(url), 'utf8').split('\n');
  return lines.flatMap((text, line) => {
    const module = MARK.exec(text)?.[1];
    return module === undefined ? [] : [{ line, module }];
  });
}
