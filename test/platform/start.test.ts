import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, inject, it } from 'vitest';
import { FileStore } from '../../src/store/file/store.js';
import { temporaryFolder } from '../aid/folder.js';
import { NODES } from '../aid/nodes.js';
import { sample } from '../aid/records.js';

const built = pathToFileURL(`${inject('built')}/`).href;

/** Prints at the end which modules of Node itself were loaded. */
const NAMES_MODULES_OF_NODE = `process.on('exit', () => {
  process._rawDebug(JSON.stringify(process.moduleLoadList));
});`;

/** The modules that a file below `dist/` holds: a merged one many, and the own file of a merged module none. */
function modulesIn(file: string): string[] {
  const text = readFileSync(join(inject('built'), 'dist', file), 'utf8');
  return Array.from(text.matchAll(/^\/\/ (\S+\.js)$/gm), ([, module = '']) => module);
}

/** What one command line loads: our files below `dist/` and their modules, packages, and modules of Node itself. */
function loadedBy(node: string, ...argv: string[]) {
  const coverage = temporaryFolder();
  const { status, stderr } = spawnSync(
    node,
    [
      '--import',
      `data:text/javascript,${encodeURIComponent(NAMES_MODULES_OF_NODE)}`,
      join(inject('built'), 'bin/moin-sessions.js'),
      ...argv,
    ],
    { encoding: 'utf8', env: { ...process.env, NODE_V8_COVERAGE: coverage } },
  );
  const [names = ''] = stderr.split('\n').filter((line) => line.startsWith('['));
  const reports = readdirSync(coverage).map((name) => JSON.parse(readFileSync(join(coverage, name), 'utf8')));
  const urls: string[] = reports.flatMap(({ result }) => result.map(({ url }: { url: string }) => url));
  const isOurs = (url: string) => url.startsWith(`${built}dist/`);
  const files = urls.filter(isOurs).map((url) => url.slice(`${built}dist/`.length));
  return {
    status,
    files,
    modules: files.flatMap(modulesIn),
    packages: new Set(
      urls
        .filter((url) => !url.startsWith(built))
        .flatMap((url) => /.*\/node_modules\/([^/]+)\//.exec(url)?.[1] ?? []),
    ),
    ofNode: new Set(
      (JSON.parse(names) as string[]).map((name) => /^NativeModule (.+)$/.exec(name)?.[1] ?? ''),
    ),
  };
}

async function storeFolder(): Promise<string> {
  const folder = join(temporaryFolder(), 'store');
  const store = new FileStore(folder);
  await store.create(sample('abcd'));
  await store.close();
  return folder;
}

describe.each(NODES)('the start of the command line, with %s', (node) => {
  it('--help loads the list of commands, and no command', () => {
    const { status, files, modules, packages } = loadedBy(node, '--help');
    expect(status).toBe(0);
    expect(modules).toContain('cli/program.js');
    expect(modules.filter((module) => !/^(cli|base)\//.test(module))).toEqual([]);
    expect(modules.filter((module) => module.startsWith('cli/commands/'))).toEqual([]);
    expect([...packages]).toEqual(['commander']);
    expect(files.length).toBeLessThanOrEqual(5);
  });

  it.each(['table', 'json', 'ids'])(
    'list as %s loads what reads sessions, not what serves, changes or encrypts them',
    async (format) => {
      const { status, files, modules, ofNode } = loadedBy(
        node,
        'list',
        '--store',
        await storeFolder(),
        '--format',
        format,
      );
      expect(status).toBe(0);
      const READ =
        /^(cli|base|disk|store)\/|^session\/(admin|lifecycle\/(state|chain-names))|^users\/directory|^moin\/(is-moin-store|brand)\./;
      expect(modules.filter((module) => !READ.test(module))).toEqual([]);
      expect(modules).toContain('store/file/store.js');
      expect(files.length).toBeLessThanOrEqual(8);
      // `node:crypto` alone takes longer to load than twenty of our files.
      expect(ofNode).toContain('stream');
      expect(ofNode).not.toContain('crypto');
    },
  );
});
