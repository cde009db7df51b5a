import assert from 'node:assert/strict';
import type { DateFormat } from '../../../src/core/catalog/operation.ts';
import { parseDate, readDate, startOfDay, wireDate } from '../../../src/core/requests/dateFormats.ts';

describe('date formats of the API', () => {
  const zone = process.env['TZ'];
  afterEach(() => {
    if (zone === undefined) {
      delete process.env['TZ'];
    } else {
      process.env['TZ'] = zone;
    }
  });

  const inZone = (name: string): void => {
    process.env['TZ'] = name;
  };

  for (const [form, expected] of [
    ['epochSeconds', '1709164800'],
    ['epochMilliseconds', '1709164800999'],
    ['iso', '2024-02-29T00:00:00.999Z'],
    ['day', '2024-02-29'],
  ] as const satisfies readonly (readonly [DateFormat, string])[]) {
    it(`send a point in time as ${form} (E5)`, () => {
      inZone('UTC');
      assert.equal(wireDate(new Date('2024-02-29T00:00:00.999Z'), form), expected);
    });
  }

  it('take the day from the calendar of the user, not from UTC (E5)', () => {
    const moment = new Date('2024-12-31T23:30:00Z');
    inZone('Pacific/Auckland');
    assert.equal(wireDate(moment, 'day'), '2025-01-01');
    assert.equal(wireDate(startOfDay(moment, 0), 'iso'), '2024-12-31T11:00:00.000Z');
    inZone('America/Los_Angeles');
    assert.equal(wireDate(moment, 'day'), '2024-12-31');
    assert.equal(wireDate(startOfDay(moment, 0), 'iso'), '2024-12-31T08:00:00.000Z');
  });

  it('count calendar days, also across a clock change and the end of February (E5)', () => {
    inZone('America/New_York');
    const after = new Date('2025-03-10T12:00:00-04:00');
    assert.equal(wireDate(startOfDay(after, 0), 'iso'), '2025-03-10T04:00:00.000Z');
    assert.equal(wireDate(startOfDay(after, 7), 'iso'), '2025-03-03T05:00:00.000Z');
    assert.equal(wireDate(startOfDay(new Date('2024-03-01T12:00:00-05:00'), 1), 'day'), '2024-02-29');
    assert.equal(wireDate(startOfDay(new Date('2025-01-01T00:00:00-05:00'), 30), 'day'), '2024-12-02');
  });

  for (const [text, iso] of [
    ['2025-06-01', '2025-05-31T22:00:00.000Z'],
    [' 2025-06-01T10:30 ', '2025-06-01T08:30:00.000Z'],
    ['2025-06-01 10:30:15', '2025-06-01T08:30:15.000Z'],
    ['2025-06-01T10:30:15.5Z', '2025-06-01T10:30:15.500Z'],
    ['2025-06-01T10:30-05:00', '2025-06-01T15:30:00.000Z'],
    ['2025-06-01T10:30:15-0500', '2025-06-01T15:30:15.000Z'],
    ['2025-06-01T10:30-05', '2025-06-01T15:30:00.000Z'],
    ['2025-06-01t10:30:15.1239999z', '2025-06-01T10:30:15.123Z'],
    ['2025-06-01 10:30:15,5+02:00', '2025-06-01T08:30:15.500Z'],
    ['2025-06-01T10:30.5', undefined],
    ['2025-06-01Z', '2025-06-01T00:00:00.000Z'],
    ['2024-02-29', '2024-02-28T23:00:00.000Z'],
    ['2025-02-29', undefined],
    ['2025-04-31', undefined],
    ['2025-13-01', undefined],
    ['2025-00-10', undefined],
    ['2025-06-00', undefined],
    ['2025-06-01T25:00', undefined],
    ['2025-06-01T10:60', undefined],
    ['2025-06-01T10:30+99:00', undefined],
    ['2025-06-01T10:30:15.5+05:30', '2025-06-01T05:00:15.500Z'],
    ['2025-06-01 10:30-0530', '2025-06-01T16:00:00.000Z'],
    ['on 2025-06-01', undefined],
    ['01.06.2025', undefined],
    ['2025-6-1', undefined],
    ['yesterday', undefined],
    ['1748736000', undefined],
    ['', undefined],
  ] as const) {
    it(`read ${JSON.stringify(text)} as ${iso ?? 'no date'} (E5)`, () => {
      inZone('Europe/Berlin');
      assert.equal(parseDate(text)?.toISOString(), iso);
    });
  }

  const NOW = new Date('2025-06-30T12:00:00Z');
  for (const [format, text, expected] of [
    ['epochSeconds', '1750000000', '1750000000'],
    ['epochSeconds', '1750000000.987', '1750000000'],
    ['epochSeconds', '2025-06-30', '1751234400'],
    ['epochSeconds', '2025-06-30T08:00Z', '1751270400'],
    ['epochSeconds', '0', '0'],
    ['epochSeconds', '1750000000000', 'milliseconds 1750000000'],
    ['epochMilliseconds', '1750000000000', '1750000000000'],
    ['epochMilliseconds', '1750000000', 'seconds 1750000000000'],
    ['iso', '1750000000', '2025-06-15T15:06:40.000Z'],
    ['iso', '1750000000000', '2025-06-15T15:06:40.000Z'],
    ['day', '1750000000', '2025-06-15'],
    ['day', '2025-06-30T23:30Z', '2025-07-01'],
    ['epochSeconds', '20250630', 'range'],
    ['epochSeconds', '20250630120000', 'text'],
    ['epochMilliseconds', '20250630120000', 'text'],
    ['epochSeconds', '2025', 'range'],
    ['epochSeconds', '-1', 'range'],
    ['epochSeconds', '175000000000000', 'range'],
    ['epochSeconds', '0025-06-30', 'range'],
    ['epochSeconds', '9999-12-31', 'range'],
    ['epochSeconds', '1e21', 'range'],
    ['epochSeconds', '1.75e9', '1750000000'],
    ['epochSeconds', 'soon', 'text'],
    ['epochSeconds', '30.06.2025', 'text'],
    ['epochSeconds', '06/30/2025', 'text'],
    ['epochSeconds', 'Today', 'relative 2025-06-30'],
    ['epochSeconds', 'yesterday', 'relative 2025-06-29'],
    ['epochSeconds', '7 days ago', 'relative 2025-06-23'],
    ['epochSeconds', '-2w', 'relative 2025-06-16'],
    ['epochSeconds', 'now-1d', 'relative 2025-06-29'],
    ['epochSeconds', 'NOW', 'relative 2025-06-30'],
    ['epochSeconds', 'tomorrow', 'relative 2025-07-01'],
    ['epochSeconds', 'last week', 'relative 2025-06-23'],
    ['epochSeconds', '1 day ago', 'relative 2025-06-29'],
    ['epochSeconds', '1  week  ago', 'relative 2025-06-23'],
    ['epochSeconds', '2 weeks', 'relative 2025-06-16'],
    ['epochSeconds', 'now - 30 days', 'relative 2025-05-31'],
    ['epochSeconds', '12 d', 'relative 2025-06-18'],
    ['epochSeconds', 'in 2 days', 'text'],
    ['epochSeconds', '2 days after', 'text'],
    ['epochSeconds', '2 months ago', 'text'],
    ['epochSeconds', '1.75E9', '1750000000'],
    ['epochSeconds', '175e+7', '1750000000'],
    ['epochMilliseconds', '100000000000', '100000000000'],
    ['epochMilliseconds', '99999999999', 'seconds 99999999999000'],
    ['epochSeconds', '100000000', '100000000'],
    ['epochSeconds', '99999999', 'range'],
    ['epochSeconds', '99999999999', '99999999999'],
    ['epochMilliseconds', '100000000000000', 'range'],
  ] as const satisfies readonly (readonly [DateFormat, string, string])[]) {
    it(`for ${format}, ${JSON.stringify(text)} is ${expected} (E5)`, () => {
      inZone('Europe/Berlin');
      const read = readDate(text, format, NOW);
      assert.equal(
        read.ok ? wireDate(read.moment, format) : [read.problem, read.suggestion ?? ''].join(' ').trim(),
        expected,
      );
    });
  }

  it('read every date that they send, as the same date (E5)', () => {
    for (const zone of ['Europe/Berlin', 'Pacific/Auckland', 'America/Los_Angeles']) {
      inZone(zone);
      for (const format of ['epochSeconds', 'epochMilliseconds', 'iso', 'day'] as const) {
        const sent = wireDate(new Date('2025-06-30T23:30:00.500Z'), format);
        const read = readDate(sent, format, NOW);
        assert.equal(read.ok && wireDate(read.moment, format), sent);
      }
    }
  });
});
