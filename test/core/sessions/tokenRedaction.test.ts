import assert from 'node:assert/strict';
import { SecretRedactor } from '../../../src/core/base/redaction.ts';
import { TokenRedaction } from '../../../src/core/sessions/tokenRedaction.ts';
import { createSession, type StoredSession } from '../../../src/core/sessions/session.ts';
import { connection } from '../../support/sessionFixture.ts';

describe('TokenRedaction', () => {
  let redactor: SecretRedactor;
  let redaction: TokenRedaction;

  beforeEach(() => {
    redactor = new SecretRedactor();
    redaction = new TokenRedaction(redactor);
  });

  function session(name: string): StoredSession {
    const tokens = { accessToken: `access-of-${name}`, refreshToken: `refresh-of-${name}`, issuedAt: 0, expiresAt: 1 };
    return createSession(connection(), ['monitoring'], tokens);
  }

  function isRedacted(name: string): boolean {
    const texts = [`x access-of-${name} y`, `x refresh-of-${name} y`];
    const redacted = texts.map((text) => redactor.redact(text) === 'x [redacted] y');
    assert.equal(redacted[0], redacted[1]);
    return redacted[0] === true;
  }

  it('redacts the tokens of a session, the previous ones, and for a while those of one that ended (P9)', () => {
    const first = session('first');
    redaction.add(first);
    redaction.add({ ...first, accessToken: 'access-of-second', refreshToken: 'refresh-of-second' });
    redaction.end(first.id);
    assert.deepEqual(['first', 'second'].map(isRedacted), [true, true]);
  });

  it('forgets the tokens of a session after 20 more have ended, and never those of a live one (P9)', () => {
    const live = session('live');
    const back = session('back');
    redaction.add(live);
    redaction.add(back);
    redaction.end(back.id);
    redaction.add(back);
    for (let index = 0; index < 21; index++) {
      const ended = session(`ended-${index}!`);
      redaction.add(ended);
      redaction.end(ended.id);
    }
    assert.deepEqual(['live', 'back', 'ended-0!', 'ended-1!', 'ended-20!'].map(isRedacted), [
      true,
      true,
      false,
      true,
      true,
    ]);
  });
});
