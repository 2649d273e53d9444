import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cli } from '../../aid/cli/fake-context.js';
import { temporaryStore } from '../../aid/file-store.js';
import { temporaryFolder } from '../../aid/folder.js';

describe('secret generate', () => {
  it('prints a new one of 32 bytes on stdout alone, also with -q', async () => {
    const outcomes = await Promise.all(
      [[], [], ['-q']].map((more) => cli({}, 'secret', 'generate', ...more)),
    );
    for (const { code, out, err, opened } of outcomes) {
      expect({ code, err, opened }).toEqual({ code: 0, err: '', opened: [] });
      expect(Buffer.from(out.trim(), 'base64url')).toHaveLength(32);
    }
    expect(new Set(outcomes.map(({ out }) => out)).size).toBe(3);
    expect(JSON.parse((await cli({}, 'secret', 'generate', '--json')).out)).toEqual({
      secret: expect.stringMatching(/^[\w-]{43}$/),
    });
  });
});

describe('secret rotate', () => {
  /** A store that keeps a secret; the two seconds of a rotation pass at once. */
  async function site() {
    const { store, layout } = temporaryStore();
    await store.secret({ create: true });
    const cwd = temporaryFolder();
    const wait = async () => 'over' as const;
    const rotate = (world: object, ...argv: string[]) =>
      cli({ cwd, store, wait, ...world }, 'secret', 'rotate', ...argv);
    const kept = () => readFileSync(layout.secret, 'utf8').trim().split('\n');
    return { cwd, rotate, kept };
  }

  it('spec 7: the new one signs, the old one verifies until --drop; no output shows one', async () => {
    const { rotate, kept } = await site();
    const [first] = kept();
    const rotated = await rotate({});
    expect(rotated).toMatchObject({
      code: 0,
      out: "A new secret signs. The old one verifies until 'moin-sessions secret rotate --drop'.\n",
      err: 'moin-sessions: servers read the new secret within 2 seconds; then it signs\n',
    });
    expect(kept()[1]).toBe(first);
    for (const secret of kept()) expect(rotated.out + rotated.err).not.toContain(secret);
    const [fresh] = kept();
    expect(await rotate({}, '--drop')).toMatchObject({ code: 2, err: expect.stringContaining('add --yes') });
    expect(await rotate({ tty: true, answers: [false] }, '--drop')).toMatchObject({ code: 1 });
    expect(kept()).toHaveLength(2);
    expect(await rotate({}, '--drop', '-y', '--json')).toMatchObject({
      code: 0,
      out: '{"action":"dropped","verifying":1,"dropped":1,"dryRun":false}\n',
    });
    expect(kept()).toEqual([fresh]);
    expect(await rotate({}, '--drop')).toMatchObject({ code: 0, out: expect.stringContaining('Nothing') });
  });

  it('--drop --dry-run says whom it ends, as far as anybody can know', async () => {
    const { rotate, kept } = await site();
    await rotate({});
    const { out, err } = await rotate({}, '--drop', '--dry-run');
    expect(out).toMatch(/^Would drop 1 old secret/);
    expect(err).toContain('those that have not come back since the rotation');
    expect(err).toContain('the longest lifetime is 400d\n');
    expect(kept()).toHaveLength(2);
    expect((await rotate({}, '--drop', '-n', '-q')).err).toBe('');
  });

  it('a dry run changes nothing', async () => {
    const { rotate, kept } = await site();
    const before = kept();
    expect((await rotate({}, '-n')).out).toBe(
      'Would make a new secret, which signs. The old one verifies until --drop.\n',
    );
    expect((await rotate({}, '-n', '--drop')).code).toBe(0);
    expect(kept()).toEqual(before);
  });

  it('a configuration with its own secrets: exit 2, and how to do it by hand', async () => {
    const { cwd, rotate, kept } = await site();
    const before = kept();
    const secrets = 'a secret of a site, of 32 bytes or more';
    writeFileSync(join(cwd, 'moin-sessions.config.json'), JSON.stringify({ secrets }));
    const { code, err } = await rotate({});
    expect(code).toBe(2);
    expect(err).toMatch(/lists its own 'secrets', .* at the end and restart all servers; then put it first/);
    expect(kept()).toEqual(before);
  });

  it('a store that keeps none: exit 2', async () => {
    expect(await cli({}, 'secret', 'rotate')).toMatchObject({
      code: 2,
      err: expect.stringContaining('secret generate'),
    });
  });
});
