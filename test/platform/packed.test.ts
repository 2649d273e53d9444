import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pathsBelow } from '../aid/folder.js';
import { NODES } from '../aid/nodes.js';
import { install, type Packed, pack } from '../aid/packed.js';

/** What the entry points of frameworks import, of the application. */
const FRAMEWORKS = ['express', 'express-session', 'fastify', 'hono', 'passport'];

let packed: Packed;
let application: string;
let manifest: { exports: Record<string, unknown>; scripts: Record<string, string>; version: string };
let entries: string[];
beforeAll(() => {
  packed = pack();
  application = join(packed.root, '../application');
  install(packed, application, FRAMEWORKS);
  writeFileSync(join(application, 'package.json'), '{"type":"module"}');
  manifest = JSON.parse(readFileSync(join(packed.root, 'package.json'), 'utf8'));
  entries = Object.keys(manifest.exports).filter((name) => !name.endsWith('.json'));
});
afterAll(() => packed.remove());

const run = (node: string, ...args: string[]) => {
  const { stdout, stderr } = spawnSync(node, args, { cwd: application, encoding: 'utf8' });
  return { stdout: stdout.trim(), stderr };
};

describe('the packed package', () => {
  it('publint finds nothing wrong in it', async () => {
    const { messages } = await publint({ pkgDir: packed.root, strict: true });
    expect(messages.map((message) => formatMessage(message, manifest as never))).toEqual([]);
  });

  it('attw finds nothing wrong with the types, but that CommonJS needs require(esm)', {
    timeout: 120_000,
  }, async () => {
    const result = await checkPackage(createPackageFromTarballData(readFileSync(packed.tarball)));
    if (result.types === false) throw new Error('the package has no types');
    const expected = (kind: string, resolution: string) =>
      // ES modules alone (`require` of them works from Node 20.19), and no TypeScript before `exports`.
      (kind === 'CJSResolvesToESM' && resolution === 'node16-cjs') || resolution === 'node10';
    const problems = result.problems.filter(
      (problem) => !('resolutionKind' in problem && expected(problem.kind, problem.resolutionKind)),
    );
    expect(problems).toEqual([]);
    expect(
      Object.keys(result.entrypoints)
        .filter((name) => !name.endsWith('.json'))
        .sort(),
    ).toEqual(entries.sort());
  });

  it('holds the program, its types and the documents, and nothing else', () => {
    const files = pathsBelow(packed.root)
      .filter((path) => statSync(path).isFile())
      .map((path) => relative(packed.root, path));
    const PARTS = [
      // The command line is a program: nobody imports its types.
      /^dist\/(.+\.js|(?!cli\/).+\.d\.ts)$/,
      /^man\/moin-sessions\.1$/,
      /^completions\/moin-sessions\.(bash|zsh|fish)$/,
      /^schemas\/[a-z-]+\.json$/,
      /^docs\/(?!architecture|rules)[a-z-]+\.md$/,
      /^examples\/(bearer|sqlite-store)\/[a-z.-]+\.(mjs|md)$/i,
      /^(CHANGELOG\.md|LICENSE|README\.md|bin\/moin-sessions\.js|package\.json)$/,
    ];
    expect(files.filter((path) => !PARTS.some((part) => part.test(path)))).toEqual([]);
    expect(files).toEqual(expect.arrayContaining(['LICENSE', 'dist/index.d.ts', 'docs/deploying.md']));
  });

  it('names no path of the machine that packed it, and has no source maps', () => {
    const text = pathsBelow(packed.root)
      .filter((path) => statSync(path).isFile())
      .map((path) => readFileSync(path, 'utf8'))
      .join('\n');
    expect(text).not.toContain(process.cwd());
    expect(text).not.toMatch(/sourceMappingURL=/);
  });

  it('has no script that npm runs at an install, or asks whether it may', () => {
    const scripts = Object.keys(manifest.scripts);
    expect(scripts.filter((name) => /^(pre|post)?(install|prepare|prepublish)$/.test(name))).toEqual([]);
  });

  // About 400 kB of programs with their comments, 120 kB of types, 110 kB of documents, 25 kB of schemas and the man page.
  it('weighs less than 950 kB', () => {
    expect(statSync(packed.tarball).size).toBeLessThan(950_000);
  });
});

describe.each(NODES)('installed into an empty folder, with %s', (node) => {
  it('every entry point can be imported', () => {
    for (const entry of entries) {
      const name = entry.replace('.', 'moin-sessions');
      const program = `console.log(Object.keys(await import('${name}')).length > 0)`;
      expect({ name, ...run(node, '--input-type=module', '--eval', program) }).toEqual({
        name,
        stdout: 'true',
        stderr: '',
      });
    }
  });

  it('the schemas can be imported', () => {
    const program =
      "console.log((await import('moin-sessions/schemas/list.json', { with: { type: 'json' } })).default.type)";
    expect(run(node, '--no-warnings', '--input-type=module', '--eval', program).stdout).toBe('array');
  });

  it('CommonJS can require it', () => {
    const program = "console.log(typeof require('moin-sessions').createSessions)";
    const { stdout } = run(node, '--input-type=commonjs', '--eval', program);
    expect(stdout).toBe('function');
  });

  it('the command line runs', () => {
    const [command = ''] = readdirSync(join(packed.root, 'bin'));
    const { stdout } = run(node, join('node_modules/moin-sessions/bin', command), '--version');
    expect(stdout).toBe(manifest.version);
  });
});
