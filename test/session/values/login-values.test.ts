import { describe, expect, it } from 'vitest';
import { Values } from '../../../src/session/values/values.js';

describe('the values of a session that a login replaces (S4)', () => {
  it('S4: a part that others had removed, and that somebody still holds, does not bring a forgotten key back', () => {
    const values = new Values({ nonce: ['planted'] });
    const held = values.get('nonce') as string[];
    values.rebase({}, values.snapshot());
    values.forget(['nonce'], values.snapshot());
    held.push('late');
    expect(values.has('nonce')).toBe(false);
  });

  it('S4: a key that is assigned after the snapshot is not forgotten', () => {
    const values = new Values({ csrf: 'planted' });
    const snapshot = values.snapshot();
    values.set('csrf', 'fresh');
    values.forget(['csrf'], snapshot);
    expect(values.get('csrf')).toBe('fresh');
  });

  it('spec 5: after a reset, what the session held before is no change of the new one', () => {
    const values = new Values({ cart: ['a'] });
    const snapshot = values.snapshot();
    values.reset();
    values.rebase({ cart: ['b'] }, snapshot);
    values.get('cart');
    values.rebase({ cart: ['c'] }, values.unsent());
    expect(values.get('cart')).toEqual(['c']);
  });
});
