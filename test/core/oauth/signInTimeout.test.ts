import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { SignInTimeout } from '../../../src/core/oauth/signInTimeout.ts';

describe('SignInTimeout', () => {
  let events: string[];
  let timeout: SignInTimeout;

  beforeEach(() => {
    mock.timers.enable({ apis: ['setTimeout', 'Date'] });
    events = [];
    timeout = new SignInTimeout({
      onOfferHelp: () => void events.push('help'),
      onGiveUp: () => void events.push('end'),
      now: Date.now,
    });
  });

  afterEach(() => {
    timeout.dispose();
    mock.timers.reset();
  });

  it('offers help after 10 seconds and ends the sign-in after 3 minutes (A4)', () => {
    mock.timers.tick(9_999);
    assert.deepEqual(events, []);
    mock.timers.tick(1);
    assert.deepEqual(events, ['help']);
    mock.timers.tick(169_999);
    assert.deepEqual(events, ['help']);
    mock.timers.tick(1);
    assert.deepEqual(events, ['help', 'end']);
  });

  it('offers help as soon as the window is in front again, and ends the sign-in 60 seconds later (A4)', () => {
    mock.timers.tick(3_000);
    timeout.returned();
    assert.deepEqual(events, ['help']);
    mock.timers.tick(59_999);
    assert.deepEqual(events, ['help']);
    mock.timers.tick(1);
    assert.deepEqual(events, ['help', 'end']);
  });

  it('does not extend the time if the user returns repeatedly (A4)', () => {
    timeout.returned();
    mock.timers.tick(30_000);
    timeout.returned();
    mock.timers.tick(30_000);
    assert.deepEqual(events, ['help', 'help', 'end']);
  });

  it('does not end the sign-in after 60 seconds if the user chose to keep waiting (A4)', () => {
    timeout.returned();
    timeout.keepWaiting();
    mock.timers.tick(60_000);
    timeout.returned();
    mock.timers.tick(60_000);
    assert.ok(!events.includes('end'));
  });

  it('starts the 60 seconds again after the browser was opened again (A4)', () => {
    timeout.returned();
    mock.timers.tick(50_000);
    timeout.reopened();
    mock.timers.tick(20_000);
    assert.ok(!events.includes('end'));
    timeout.returned();
    mock.timers.tick(59_999);
    assert.ok(!events.includes('end'));
    mock.timers.tick(1);
    assert.ok(events.includes('end'));
  });

  it('counts only the seconds in which the window is in front (A4)', () => {
    timeout.returned();
    mock.timers.tick(40_000);
    timeout.left();
    mock.timers.tick(70_000);
    assert.ok(!events.includes('end'), 'the user is in the browser');
    timeout.returned();
    mock.timers.tick(19_999);
    assert.ok(!events.includes('end'));
    mock.timers.tick(1);
    assert.ok(events.includes('end'));
  });

  it('does not count the time before the user left, and none twice (A4)', () => {
    timeout.left();
    mock.timers.tick(30_000);
    timeout.left();
    timeout.returned();
    mock.timers.tick(30_000);
    timeout.left();
    timeout.left();
    timeout.returned();
    mock.timers.tick(29_999);
    assert.ok(!events.includes('end'));
    mock.timers.tick(1);
    assert.ok(events.includes('end'));
  });

  it('ends after 3 minutes however often the user leaves and returns (A4)', () => {
    for (let second = 1; second < 180; second++) {
      timeout.returned();
      timeout.left();
      mock.timers.tick(1000);
    }
    assert.ok(!events.includes('end'));
    mock.timers.tick(1000);
    assert.ok(events.includes('end'));
  });

  it('ends the sign-in once and does nothing afterward (A4)', () => {
    timeout.returned();
    mock.timers.tick(60_000);
    timeout.returned();
    mock.timers.tick(600_000);
    assert.deepEqual(events, ['help', 'end']);
  });

  it('does nothing after it was disposed (A4)', () => {
    timeout.dispose();
    timeout.returned();
    mock.timers.tick(600_000);
    assert.deepEqual(events, []);
  });
});
