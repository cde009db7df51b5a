import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { SignInTimeout } from '../../../src/core/oauth/signInTimeout.ts';

describe('patience with the browser', () => {
  let events: string[];
  let patience: SignInTimeout;

  beforeEach(() => {
    mock.timers.enable({ apis: ['setTimeout'] });
    events = [];
    patience = new SignInTimeout({
      onOfferHelp: () => void events.push('help'),
      onGiveUp: () => void events.push('end'),
    });
  });

  afterEach(() => {
    patience.dispose();
    mock.timers.reset();
  });

  it('A4: help is offered after 10 s and the sign-in ends after 3 minutes', () => {
    mock.timers.tick(9_999);
    assert.deepEqual(events, []);
    mock.timers.tick(1);
    assert.deepEqual(events, ['help']);
    mock.timers.tick(169_999);
    assert.deepEqual(events, ['help']);
    mock.timers.tick(1);
    assert.deepEqual(events, ['help', 'end']);
  });

  it('A4: help is offered at once when the window is in front again, and the end comes 60 s later', () => {
    mock.timers.tick(3_000);
    patience.returned();
    assert.deepEqual(events, ['help']);
    mock.timers.tick(59_999);
    assert.deepEqual(events, ['help']);
    mock.timers.tick(1);
    assert.deepEqual(events, ['help', 'end']);
  });

  it('A4: coming back again and again does not prolong the wait', () => {
    patience.returned();
    mock.timers.tick(30_000);
    patience.returned();
    mock.timers.tick(30_000);
    assert.deepEqual(events, ['help', 'help', 'end']);
  });

  it('A4: whoever keeps waiting is not ended after 60 s, also when they come back later', () => {
    patience.returned();
    patience.keepWaiting();
    mock.timers.tick(60_000);
    patience.returned();
    mock.timers.tick(60_000);
    assert.ok(!events.includes('end'));
  });

  it('A4: whoever was sent to the browser again has the time of the browser again', () => {
    patience.returned();
    mock.timers.tick(50_000);
    patience.left();
    mock.timers.tick(20_000);
    assert.ok(!events.includes('end'));
    patience.returned();
    mock.timers.tick(60_000);
    assert.ok(events.includes('end'));
  });

  it('A4: it ends once, and after the end or a cancel nothing happens', () => {
    patience.returned();
    mock.timers.tick(60_000);
    patience.returned();
    mock.timers.tick(600_000);
    assert.deepEqual(events, ['help', 'end']);
  });

  it('A4: a sign-in that is done leaves no timer', () => {
    patience.dispose();
    patience.returned();
    mock.timers.tick(600_000);
    assert.deepEqual(events, []);
  });
});
