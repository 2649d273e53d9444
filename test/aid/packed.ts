import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));
const MODULES = join(PROJECT, 'node_modules');

/** The package as the registry would get it. */
export interface Packed {
  tarball: string;
  /** The unpacked tarball. */
  root: string;
  remove: () => void;
}

/** Builds and packs the package in a folder of its own, with the declarations. */
export function pack(): Packed {
  const folder = mkdtempSync(join(tmpdir(), 'moin-sessions-packed-'));
  const source = join(folder, 'source');
  execFileSync(process.execPath, [join(PROJECT, '.build/main.mjs'), '--out', join(source, 'dist')]);
  const { files } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8')) as { files: string[] };
  // Of `docs/*.md` the folder. `dist` was built just now.
  const folders = files
    .filter((name) => /^\w/.test(name) && name !== 'dist')
    .map((name) => name.split('/')[0]);
  for (const part of new Set([...folders, 'package.json', 'LICENSE', 'README.md'] as string[]))
    cpSync(join(PROJECT, part), join(source, part), { recursive: true });
  const args = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder];
  const [{ filename }] = JSON.parse(execFileSync('npm', args, { cwd: source, encoding: 'utf8' }));
  const tarball = join(folder, filename);
  execFileSync('tar', ['-xzf', tarball, '-C', folder]);
  rmSync(source, { recursive: true });
  return {
    tarball,
    root: join(folder, 'package'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/**
 * Installs the package and its dependencies into `folder`, as npm would without a registry.
 * @param more further packages of this project
 */
export function install({ root }: Packed, folder: string, more: readonly string[] = []): void {
  cpSync(root, join(folder, 'node_modules/moin-sessions'), { recursive: true });
  copyModules(withDependencies([...dependenciesOf(root), ...more]), folder);
}

/** Copies packages of this project into `folder`, over what is there. */
export function copyModules(names: Iterable<string>, folder: string): void {
  for (const name of names) {
    const target = join(folder, 'node_modules', name);
    rmSync(target, { recursive: true, force: true });
    cpSync(join(MODULES, name), target, { recursive: true });
  }
}

/** The named packages and all that they depend on. Packages inside another one are copied with it. */
export function withDependencies(names: readonly string[]): Set<string> {
  const all = new Set(names);
  for (const name of all) for (const needed of dependenciesOf(join(MODULES, name))) all.add(needed);
  return all;
}

function dependenciesOf(root: string): string[] {
  const { dependencies = {} } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return Object.keys(dependencies);
}
