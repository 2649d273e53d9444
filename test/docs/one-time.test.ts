import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Session } from '../../src/session/session.js';
import { makeSite, visitorWith } from '../aid/site.js';

type Claim = (session: Session, key: string) => Promise<unknown>;

/** The function of docs/library.md, "The session". */
const source = readFileSync(new URL('../../docs/library.md', import.meta.url), 'utf8').match(
  /```js\n(async function claim\(.*?)```/s,
)?.[1];
const claim: Claim = new Function(`return ${source}`)();

describe('a value that works once (spec 5)', () => {
  it('spec 5: of two requests at once, `take` gives it to both, as it looks at what each has loaded', async () => {
    const browser = await visitorWith(makeSite(), 'message', 'saved');
    const [one, two] = [await browser.begin(), await browser.begin()];
    expect([one.session.take('message'), two.session.take('message')]).toEqual(['saved', 'saved']);
  });

  it('I1: of many requests at once, exactly one claims it by `update`', async () => {
    const browser = await visitorWith(makeSite(), 'secret', 'once');
    const visits = await Promise.all(Array.from({ length: 8 }, () => browser.begin()));
    const claimed = await Promise.all(visits.map(({ session }) => claim(session, 'secret')));
    expect(claimed.filter((value) => value !== null)).toEqual(['once']);
    expect(await claim((await browser.begin()).session, 'secret')).toBeNull();
  });

  it('I2: a request whose session has moved to another token meanwhile claims nothing', async () => {
    const browser = await visitorWith(makeSite(), 'secret', 'once');
    const late = await browser.begin();
    await browser.logIn('alice');
    expect(await claim(late.session, 'secret')).toBeNull();
    expect(await claim((await browser.begin()).session, 'secret')).toBe('once');
  });
});
