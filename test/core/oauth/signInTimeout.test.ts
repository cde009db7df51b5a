import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { SignInTimeout } from '../../../src/core/oauth/signInTimeout.ts';

describe('SignInTimeout', () => {
  let events: string[];
  let timeout: SignInTimeout;

  beforeEach(() => {
    mock.timers.enable({ apis: ['setTimeout'] });
    events = [];
    timeout = new SignInTimeout({
      onOfferHelp: () => void events.push('help'),
      onGiveUp: () => void events.push('end'),
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
    timeout.left();
    mock.timers.tick(20_000);
    assert.ok(!events.includes('end'));
    timeout.returned();
    mock.timers.tick(60_000);
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
