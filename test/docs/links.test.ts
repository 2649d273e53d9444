import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));
const EXAMPLES = ['bearer', 'sqlite-store'].map((name) => `examples/${name}/README.md`);
const PAGES = [
  'README.md',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  ...EXAMPLES,
  ...readdirSync(join(PROJECT, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

interface Link {
  page: string;
  /** The file, from the project's folder. */
  file: string;
  heading: string | undefined;
  /** The paragraph or the row of a table in which it stands. */
  place: string;
}

/** The links of a page to files of this project. */
function linksOf(page: string): Link[] {
  const text = readFileSync(join(PROJECT, page), 'utf8').replace(/^```[\s\S]*?^```$/gm, '');
  const places = text.split(/\n{2,}|\n(?=\|)/);
  return places.flatMap((place) =>
    [...place.matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)/g)].map(([, path = '', heading]) => ({
      page,
      file: path === '' ? page : relative(PROJECT, join(PROJECT, dirname(page), path)),
      heading,
      place,
    })),
  );
}

/** The anchors of a page's headings, as GitHub makes them. */
function anchorsOf(page: string): string[] {
  const text = readFileSync(join(PROJECT, page), 'utf8').replace(/^```[\s\S]*?^```$/gm, '');
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** Whether npm packs the file: see 'files' in package.json, and what npm always takes. */
function isPacked(file: string): boolean {
  if (['README.md', 'CHANGELOG.md', 'LICENSE'].includes(file)) return true;
  if (['docs/architecture.md', 'docs/rules.md'].includes(file)) return false;
  return /^(docs\/[a-z-]+\.md|examples\/(bearer|sqlite-store)\/[^/]+\.(md|mjs))$/.test(file);
}

describe('links in the documents', () => {
  it.each(PAGES)('those of %s lead to files and headings that exist', (page) => {
    const broken = linksOf(page).filter(
      ({ file, heading }) =>
        !existsSync(join(PROJECT, file)) ||
        (heading !== undefined &&
          (!statSync(join(PROJECT, file)).isFile() || !anchorsOf(file).includes(heading))),
    );
    expect(broken).toEqual([]);
  });

  it.each(PAGES.filter(isPacked))(
    'those of %s to files outside of the package say "in the repository"',
    (page) => {
      const silent = linksOf(page).filter(
        ({ file, place }) => !isPacked(file) && !/\bin the repository\b/.test(place),
      );
      expect(silent).toEqual([]);
    },
  );

  it('there are links to find', () => {
    expect(PAGES.flatMap(linksOf).length).toBeGreaterThan(60);
  });
});
