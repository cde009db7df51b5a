import assert from 'node:assert/strict';
import { bundledCatalog } from '../../support/bundledMedia.ts';
import {
  relativeTime,
  describeTimestamp,
  isTimeName,
  timestampMilliseconds,
  timestampAt,
} from '../../../src/core/responses/timestamps.ts';

describe('timestamps in a response', () => {
  const LINE = '    "lastContact": 1740000000.25,';

  it('are numbers under the name of a time, in seconds or milliseconds (E7)', () => {
    const found = { start: 19, end: 32, milliseconds: 1_740_000_000_250 };
    assert.deepEqual(timestampAt(LINE, 19), found);
    assert.deepEqual(timestampAt(LINE, 25), found);
    assert.deepEqual(timestampAt(LINE, 32), found);
    assert.equal(timestampAt('"createTime":1740000000250', 20)?.milliseconds, 1_740_000_000_250);
    assert.equal(timestampAt('{"id":1,"created":1740000000,"x":2}', 25)?.milliseconds, 1_740_000_000_000);
  });

  it('are not recognized in other positions, names, years or types (E7)', () => {
    for (const [line, column] of [
      [LINE, 0],
      [LINE, 8],
      [LINE, LINE.length],
      ['"id": 1740000000', 8],
      ['"activityId": 1740000000', 20],
      ['"physicalMemory": 1740000000', 20],
      ['"created": 12', 12],
      ['"created": 946684799', 12],
      ['"created": 4102444800000', 12],
      ['"created": "1740000000"', 14],
      ['"created": true', 12],
      ['"created": [1740000000]', 14],
      ['"created", 1740000000', 14],
      ['"created": null, 1740000000', 20],
      ['"\\ud8zz created": 1740000000', 22],
      ['{"a":"created",1740000000:1}', 18],
      ['"note": "created: 1740000000"', 22],
      ['1740000000', 3],
      ['"created": 17400x0000', 13],
      ['"created', 4],
      ['', 0],
    ] as const) {
      assert.equal(timestampAt(line, column), undefined, `${line} ${column}`);
    }
  });

  it('have a name that is recognized wherever a parameter is a date (E7)', () => {
    const dates = bundledCatalog.operations.flatMap(({ parameters }) => parameters.filter(({ date }) => date));
    assert.ok(dates.length > 10);
    assert.deepEqual(
      dates.map(({ name }) => name).filter((name) => !isTimeName(name)),
      [],
    );
  });

  it('are converted to milliseconds by their name (E7)', () => {
    assert.equal(timestampMilliseconds('created', 1_740_000_000.25), 1_740_000_000_250);
    assert.equal(timestampMilliseconds('created', 1_740_000_000_250), 1_740_000_000_250);
    assert.equal(timestampMilliseconds('created', 12), undefined);
    assert.equal(timestampMilliseconds('created', 946_684_800), 946_684_800_000);
    assert.equal(timestampMilliseconds('created', Number.NaN), undefined);
    assert.equal(timestampMilliseconds('id', 1_740_000_000), undefined);
  });

  it('are recognized by the names that the API uses (E7)', () => {
    const times =
      'activityTime createTime updateTime uiElementCreateTime createdOn updatedOn startTime lastSuccessfulBackupJob ' +
      'lastFailedBackupJob lastUpdatedOn archiveTime dueDate completedOn valueUpdateTime expires created lastContact ' +
      'lastUpdate timestamp logonTime installedAt lastBootTime manufacturingDate updated lastEvaluated start end lastRun ' +
      'expirationDate followupTime warrantyEndDate itamAssetEndOfLifeDate updatedAfter lastSeen lastLogin last_logon ' +
      'lastBoot lastRunTime nextRunTime lastResponseTime bootTime Time';
    for (const name of times.split(' ')) {
      assert.ok(isTimeName(name), name);
    }
    const others =
      'id size lastActivityId nextSequenceNumber filesUploaded bytesUploaded totalStoredBytes cloudImageSize threatId ' +
      'totalPhysicalMemory maxClockSpeed capacity freeSpace lastNodeActivityId assetPurchaseAmount phone serialNumber ' +
      'update seen firstRun job upTime run_time elapsedTime CpuTime lastRunDuration timeSeconds interval startDuration ' +
      'uptime totalWaitTime';
    for (const name of others.split(' ')) {
      assert.ok(!isTimeName(name), name);
    }
  });

  it('are described in UTC, in local time and in words (E7)', () => {
    const now = Date.UTC(2025, 10, 23);
    const milliseconds = 1_740_000_000_000;
    assert.deepEqual(describeTimestamp(milliseconds, { now, locale: 'en', timeZone: 'Europe/Berlin' }), {
      utc: '2025-02-19 21:20:00 UTC',
      local: '2025-02-19 22:20:00 Europe/Berlin',
      ago: '9 months ago',
    });
    assert.equal(describeTimestamp(milliseconds, { now, locale: 'de', timeZone: 'UTC' }).ago, 'vor 9 Monaten');
    assert.equal(describeTimestamp(milliseconds, { now, locale: 'no_such!', timeZone: 'UTC' }).ago, '9 months ago');
  });

  for (const [seconds, words] of [
    [0, 'now'],
    [-5, '5 seconds ago'],
    [-60, '1 minute ago'],
    [-86_400, '1 day ago'],
    [-90, '1 minute ago'],
    [-7200, '2 hours ago'],
    [-86_400 * 2, '2 days ago'],
    [-86_400 * 800, '2 years ago'],
    [3700, 'in 1 hour'],
  ] as const) {
    it(`are described as "${words}" after ${seconds} seconds (E7)`, () => {
      assert.equal(relativeTime(1_740_000_000_000 + seconds * 1000, 1_740_000_000_000, 'en'), words);
    });
  }
});
