import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { WIKI_SETTINGS } from '../../src/moin/settings.js';
import { cli } from '../aid/cli/fake-context.js';
import { temporaryFolder } from '../aid/folder.js';
import { unpackWiki } from '../aid/moin/wikis.js';

const PAGE = fileURLToPath(new URL('../../docs/moinmoin.md', import.meta.url));
const page = readFileSync(PAGE, 'utf8');

/** The two wikis of the page, under the paths that it names, and the cookies of its visitors. */
function world() {
  const folder = temporaryFolder();
  const [wiki, old] = [unpackWiki('1.9'), unpackWiki('1.6')];
  const paths = { '/srv/wiki/data': wiki.data, '/srv/oldwiki/data': old.data };
  const [expired] = wiki.expected.sessions.filter(({ how_made }) =>
    /logged in; expires rewritten/.test(how_made),
  );
  const [endless] = wiki.expected.sessions.filter(({ how_made }) => /never sent back/.test(how_made));
  const pushedOut = old.expected.cookies?.find(({ status }) => status === 'evicted');
  const cookies = {
    'expired.txt': `MOIN_SESSION_8095_ROOT=${expired?.file}`,
    'endless.txt': `MOIN_SESSION_8095_ROOT=${endless?.file}`,
    'pushed-out.txt': `MOIN_SESSION=${pushedOut?.cookie_value}`,
  };
  for (const [name, cookie] of Object.entries(cookies)) writeFileSync(join(folder, name), cookie);
  return { folder, wiki, old, paths };
}

/** Runs the commands of an excerpt one after the other on new wikis, and returns the excerpt with what they print. */
async function rewritten(excerpt: string): Promise<string> {
  const { folder, wiki, old, paths } = world();
  const real = (text: string) =>
    Object.entries(paths).reduce((given, [shown, path]) => given.replaceAll(shown, path), text);
  const shown = (text: string) =>
    Object.entries(paths).reduce((given, [name, path]) => given.replaceAll(path, name), text);
  let text = '';
  for (const [, command = ''] of excerpt.matchAll(/^\$ moin-sessions (.*)$/gm)) {
    const argv = [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? String(bare));
    const env = { MOIN_SESSIONS_STORE: real('moin:/srv/wiki/data') };
    const clock = () => (command.includes('/srv/oldwiki') ? old.now : wiki.now);
    const { out, err } = await cli({ cwd: folder, env, clock }, ...argv.map(real));
    text += `$ moin-sessions ${command}\n${shown(err)}${shown(out)}`;
  }
  return text;
}

/** The page with what its commands print. */
async function written(): Promise<string> {
  const parts = page.split(/(?<=^```console\n)([\s\S]*?)(?=^```$)/m);
  for (let index = 1; index < parts.length; index += 2) parts[index] = await rewritten(String(parts[index]));
  return parts.join('');
}

test('docs/moinmoin.md shows what the commands print, on both sample wikis; `vitest -u` writes it', async () => {
  await expect(await written()).toMatchFileSnapshot(PAGE);
});

test('docs/moinmoin.md names every setting of a wiki', () => {
  const [, section = ''] = /^## Settings of the wiki\n([\s\S]*?)(?=^## )/m.exec(page) ?? [];
  expect(WIKI_SETTINGS.filter((name) => !section.includes(`\`${name}\``))).toEqual([]);
});
