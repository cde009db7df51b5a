import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  canceled,
  isCanceled,
  isNinjaOneError,
  NinjaOneError,
  plainLines,
  plainText,
} from '../../../src/core/base/errors.ts';
import { l10n } from '../../../src/core/base/l10n.ts';

describe('NinjaOneError', () => {
  it('carries a formatted message, one action and details for support (A16)', () => {
    const cause = new Error('inner');
    const error = new NinjaOneError({
      code: 'test.code',
      intent: 'transient',
      message: l10n.t('{0} did not answer after {1} s.', 'eu.ninjarmm.com', 15),
      action: 'retry',
      support: { status: 503, incidentId: 'i-1' },
      retryAfter: 2000,
      cause,
    });
    assert.equal(error.message, 'eu.ninjarmm.com did not answer after 15 s.');
    assert.equal(error.template, '{0} did not answer after {1} s.');
    assert.equal(error.action, 'retry');
    assert.deepEqual(error.support, { status: 503, incidentId: 'i-1' });
    assert.equal(error.retryAfter, 2000);
    assert.equal(error.cause, cause);
  });

  it('is recognized by its shape, because each bundle has its own copy of the class (A16)', () => {
    const foreign = Object.assign(new Error('x'), { name: 'NinjaOneError', code: 'a', intent: 'transient' });
    assert.ok(isNinjaOneError(foreign));
    assert.ok(isNinjaOneError(canceled()));
    for (const other of [undefined, null, 'NinjaOneError', {}, new Error('x'), { name: 'NinjaOneError', code: 'a' }]) {
      assert.ok(!isNinjaOneError(other));
    }
  });

  it('is distinguished from a cancellation (A17)', () => {
    assert.ok(isCanceled(canceled()));
    assert.ok(!isCanceled(new NinjaOneError({ code: 'x', intent: 'transient', message: l10n.t('x') })));
    assert.ok(!isCanceled(new Error('Canceled')));
  });
});

describe('plainText', () => {
  it('breaks links and icons invisibly, and removes line breaks and hidden characters (A16, T41)', () => {
    assert.equal(plainText('[click](command:x)'), '[click]\u2060(command:x)');
    assert.equal(plainText('$(alert) now'), '$\u2060(alert) now');
    assert.equal(plainText('$[(x'), '$[(x');
    assert.equal(plainText('a\r\n\tb\u202e\u0007c\u2028d'), 'a b c d');
    assert.equal(plainText('  a  '), 'a');
  });

  it('truncates between characters (A16)', () => {
    assert.equal(plainText('abcdef', 4), 'abc…');
    assert.equal(plainText('abcd', 4), 'abcd');
    assert.equal(plainText('😀'.repeat(10), 4), '😀😀😀…');
    assert.equal(plainText('a$(b)', 5), 'a$\u2060(b)');
  });

  it('leaves nothing to render in any text of a server (A16, T41)', () => {
    const parts = fc.constantFrom('[', ']', '$', '(', ')', '\n', '\u202e', 'x', '\u0000', '\u200b', '\u2060');
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 40 }), fc.string(), (nasty, more) => {
        const plain = plainText(nasty.join('') + more, 50);
        assert.ok(!/[\]$]\(|[\p{Cc}\u2028\u2029]|(?!\u2060)\p{Cf}/u.test(plain), JSON.stringify(plain));
        assert.ok([...plain.replaceAll('\u2060', '')].length <= 50);
        assert.equal(plainText(plain, 50), plain);
      }),
    );
  });

  it('keeps our own line breaks in the detail of a dialog (A16)', () => {
    assert.equal(plainLines('a\n$(b)\r\n\nc'), 'a\n$\u2060(b)\n\nc');
  });
});
