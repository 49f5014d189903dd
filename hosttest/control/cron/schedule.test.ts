import { deepEqual, equal, ok } from 'node:assert/strict'
import { parseJob, parseStoredJob } from '../../../modules/control/cron/job.js'
import { nextFire, parseField, parseWeekday } from '../../../modules/control/cron/schedule.js'
import { localTime, parseZone, type Zone } from '../../../modules/control/cron/zone.js'

/** The rarest schedule there is comes again after at most 40 years. */
const EVER = 41 * 366 * 86_400
const COPENHAGEN = parseZone('CET-1CEST,M3.5.0,M10.5.0/3')!

function values(text: string, min: number, max: number): number[] | undefined {
  const field = parseField(text, min, max)
  if (field === undefined) return undefined
  const all = []
  for (let value = 0; value < 60; value++)
    if (((value < 30 ? field.low >> value : field.high >> (value - 30)) & 1) !== 0) all.push(value)
  return all
}

function utc(text: string): number {
  return Date.parse(`${text}Z`) / 1000
}

function fires(payload: string, from: string, count: number, zone: Zone = COPENHAGEN): string[] {
  const job = parseJob(payload)
  if (!job.ok) throw new Error(job.error)
  const times = []
  let at = utc(from)
  for (let i = 0; i < count; i++) {
    const next = nextFire(job.value.schedule, zone, at, at + EVER)
    if (next === undefined) break
    times.push(new Date(next * 1000).toISOString().slice(0, 16))
    at = next + 60
  }
  return times
}

describe('a cron field', () => {
  it('is a star, numbers, ranges, steps and lists of them', () => {
    deepEqual(values('7', 0, 59), [7])
    deepEqual(values('07', 0, 59), [7])
    deepEqual(values('29,30,59', 0, 59), [29, 30, 59])
    deepEqual(values('1-4', 0, 59), [1, 2, 3, 4])
    deepEqual(values('*/20', 0, 59), [0, 20, 40])
    deepEqual(values('10-40/15', 0, 59), [10, 25, 40])
    deepEqual(values('50/5', 0, 59), [50, 55])
    deepEqual(values('*/2', 1, 5), [1, 3, 5])
    deepEqual(values('*', 1, 3), [1, 2, 3])
    deepEqual(values('', 1, 3), [1, 2, 3])
  })

  it('is nothing else', () => {
    for (const text of ['60', '-1', '5-1', '*/0', '1,', ',', 'a', '1 ', '1-', '*5', '**', '1//2', '100'])
      equal(values(text, 0, 59), undefined, text)
    equal(values('0', 1, 12), undefined)
  })

  it('knows Sunday as 0 and as 7', () => {
    deepEqual(parseWeekday('7'), parseWeekday('0'))
    deepEqual(parseWeekday('5-7'), parseWeekday('0,5,6'))
  })
})

describe('a job', () => {
  it('is stored as it was set', () => {
    const payload = 'hour=*/2&minute=5&day_of_week=1-5&command=set_ssid_pwd=ssid=a b&pwd= c=&d'
    const job = parseJob(payload)
    ok(job.ok)
    equal(job.value.text, '5 */2 * * 1-5 set_ssid_pwd=ssid=a b&pwd= c=&d')
    equal(job.value.command, 'set_ssid_pwd')
    equal(job.value.params, 'ssid=a b&pwd= c=&d')
    deepEqual(parseStoredJob(job.value.text), job)
  })

  it('is not what a stored text lacks a part of', () => {
    for (const text of ['', '5', '5 *', '5 * * *', '5 * * * *', '5 * * * * ', 'open'])
      equal(parseStoredJob(text).ok, false, text)
  })

  it('has a command of at least one letter, with parameters or without', () => {
    for (const [call, command, params] of [
      ['open', 'open', ''],
      ['x', 'x', ''],
      ['x=', 'x', ''],
      ['x=1', 'x', '1'],
    ] as const) {
      const job = parseJob(`command=${call}`)
      deepEqual(job.ok && [job.value.command, job.value.params], [command, params])
    }
  })

  it('says what it lacks', () => {
    const error = (payload: string) => {
      const job = parseJob(payload)
      return job.ok ? '' : job.error
    }
    for (const payload of ['minute=1', '']) equal(error(payload), 'command: missing; it must come last')
    const fields = 'not a field; there are minute, hour, day_of_month, month, day_of_week, command'
    for (const [payload, name] of [
      ['=1&command=open', ''],
      ['&command=open', ''],
      ['minute&command=open', 'minute'],
      ['minute=0&hours=6&command=open', 'hours'],
      ['minute=0&second=6&command=open', 'second'],
    ] as const)
      equal(error(payload), `${name}: ${fields}`)
    equal(error('hour=5&minute=0&hour=6&command=open'), 'hour: given twice')
    const longest = '0,1,2,3,4,5,6,7,8,9,10,11,12,13'
    equal(error(`minute=${longest}&command=open`), '')
    equal(error(`minute=${longest},1&command=open`), `minute: expected 0 to 59 as in crontab, got "${longest},1"`)
    equal(error(`command=${'x'.repeat(31)}`), '')
    equal(error(`command=${'x'.repeat(32)}`), 'command: expected a name')
    equal(error('command==x'), 'command: expected a name')
    equal(error(`command=open=${'x'.repeat(127)}`), '')
    equal(error('minute=1&command='), 'command: expected a name')
    equal(error('minute=61&command=open'), 'minute: expected 0 to 59 as in crontab, got "61"')
    equal(error('hour=25&command=open'), 'hour: expected 0 to 23 as in crontab, got "25"')
    equal(error('day_of_week=Mon&command=open'), 'day_of_week: expected 0 to 7 as in crontab, got "Mon"')
    equal(error('day_of_month=30-31&month=2&command=open'), 'times: day 30-31 never comes in month 2')
    equal(error(`command=open=${'x'.repeat(128)}`), 'params: expected at most 127 characters, got 128')
  })

  it('is due at local times, day of the month and of the week both', () => {
    deepEqual(fires('minute=30&hour=6&command=open', '2026-01-01T00:00:00', 2), [
      '2026-01-01T05:30',
      '2026-01-02T05:30',
    ])
    deepEqual(fires('minute=*&hour=6&command=open', '2026-01-01T03:40:00', 1), ['2026-01-01T05:00'])
    deepEqual(fires('minute=0&hour=6,*&command=open', '2026-01-01T05:30:00', 1), ['2026-01-01T06:00'])
    deepEqual(fires('minute=0&hour=0&day_of_month=24&month=12&command=open', '2026-01-01T00:00:00', 1), [
      '2026-12-23T23:00',
    ])
    deepEqual(fires('minute=0&hour=0&day_of_month=13&day_of_week=5&command=open', '2026-01-01T00:00:00', 3), [
      '2026-02-12T23:00',
      '2026-03-12T23:00',
      '2026-11-12T23:00',
    ])
    deepEqual(fires('minute=0&hour=12&day_of_month=29&month=2&command=open', '2026-01-01T00:00:00', 2), [
      '2028-02-29T11:00',
      '2032-02-29T11:00',
    ])
  })

  it('is due after 2100 too, which has no 29 February', () => {
    const leapDay = 'minute=0&hour=12&day_of_month=29&month=2&command=open'
    deepEqual(fires(leapDay, '2096-01-01T00:00:00', 3), ['2096-02-29T11:00', '2104-02-29T11:00', '2108-02-29T11:00'])
    deepEqual(fires('minute=28&hour=7&command=open', '2106-02-06T12:00:00', 2), [
      '2106-02-07T06:28',
      '2106-02-08T06:28',
    ])
    deepEqual(fires('minute=30&hour=2&command=open', '2150-03-28T00:00:00', 2), [
      '2150-03-28T01:30',
      '2150-03-30T00:30',
    ])
    deepEqual(fires('minute=30&hour=2&command=open', '2150-10-25T00:00:00', 3), [
      '2150-10-25T00:30',
      '2150-10-25T01:30',
      '2150-10-26T01:30',
    ])
  })

  it('skips the hour that summer time leaves out and comes twice in the one it repeats', () => {
    deepEqual(fires('minute=30&hour=2&command=open', '2026-03-28T00:00:00', 2), [
      '2026-03-28T01:30',
      '2026-03-30T00:30',
    ])
    deepEqual(fires('minute=30&hour=2&command=open', '2026-10-24T12:00:00', 3), [
      '2026-10-25T00:30',
      '2026-10-25T01:30',
      '2026-10-26T01:30',
    ])
  })

  it('on 29 February and a Monday is found in a moment', () => {
    deepEqual(
      fires(
        'minute=0&hour=0&day_of_month=29&month=2&day_of_week=1&command=open',
        '2072-01-01T00:00:00',
        2,
        parseZone('UTC0')!,
      ),
      ['2072-02-29T00:00', '2112-02-29T00:00'],
    )
  })
})

describe('a field of a schedule', () => {
  it('has one range or number in each part, and one step', () => {
    for (const [text, expected] of [
      ['0-7/7', [0, 7]],
      ['05/1', [5, 6, 7]],
      ['*/5,07', [0, 5, 7]],
      ['3-03', [3]],
      ['*,1', [0, 1, 2, 3, 4, 5, 6, 7]],
      ['1/99', [1]],
    ] as const)
      deepEqual(values(text, 0, 7), expected, text)
    for (const text of [
      ...[
        '1-',
        '-1',
        '1--2',
        '1-2-3',
        '1/',
        '/2',
        '1/2/3',
        '1/2/',
        '1-/2',
        '*-5',
        '*5',
        '**',
        '5*',
        '*/',
        '*/*',
        '*/0',
      ],
      ...[
        '1,',
        ',1',
        '1,,2',
        '001',
        '1/001',
        '1-002',
        '8',
        '3-2',
        '0-8',
        '1/-1',
        '+1',
        ' 1',
        '1 ',
        '1\n',
        '１',
        '😀',
        ',',
      ],
    ])
      equal(values(text, 0, 7), undefined, text)
  })
})

describe('a time zone', () => {
  it('changes on the last Sundays of March and October at 01:00 UTC', () => {
    const hour = (at: string) => localTime(COPENHAGEN, utc(at)).hour
    equal(hour('2026-03-29T00:59:59'), 1)
    equal(hour('2026-03-29T01:00:00'), 3)
    equal(hour('2026-10-25T00:59:59'), 2)
    equal(hour('2026-10-25T01:00:00'), 2)
    equal(hour('2026-10-25T02:00:00'), 3)
  })

  it('may be south of the equator, or have no summer time', () => {
    const sydney = parseZone('AEST-10AEDT,M10.1.0,M4.1.0/3')!
    equal(localTime(sydney, utc('2026-01-01T00:00:00')).hour, 11)
    equal(localTime(sydney, utc('2026-07-01T00:00:00')).hour, 10)
    const india = parseZone('IST-5:30')!
    const { hour, minute } = localTime(india, utc('2026-01-01T00:00:00'))
    deepEqual([hour, minute], [5, 30])
  })

  it('is refused in other words', () => {
    for (const text of ['', 'Europe/Copenhagen', 'CET', 'CET-1CEST,M13.5.0,M10.5.0', 'CET-1CEST,J60,J300', 'CET-1CEST'])
      equal(parseZone(text), undefined, text)
  })

  it('is read from left to right, and nothing may be left over', () => {
    const read = (text: string) => {
      const zone = parseZone(text)
      return zone && [zone.standard, zone.summer, zone.start?.seconds, zone.end?.seconds]
    }
    for (const [text, ...expected] of [
      ['UTC+1', -3600, -3600, undefined, undefined],
      ['abcdEF001:02:03', -3723, -3723, undefined, undefined],
      ['CET-1CEST-3,M3.5.0,M10.5.0', 3600, 10800, 7200, 7200],
      ['CET-1CEST,M03.1.6/0,M12.5.0/167:59:59', 3600, 7200, 0, 604799],
      ['CET-1:30CEST+0:30,M1.1.0/1:2,M2.1.0/1:02', undefined],
      ['CET-1:30CEST+0:30,M1.1.0/1:02,M2.1.0/001', 5400, -1800, 3720, 3600],
    ] as const)
      deepEqual(read(text), expected[0] === undefined ? undefined : expected, text)
    const rules = 'CET-1CEST,M3.5.0,M10.5.0'
    for (const text of [
      ...['UT0', 'UTC', 'UTC+', 'UTC-', 'UTC--1', 'UTC1-', 'UTC1:', 'UTC1:0', 'UTC1:60', 'UTC1:00:00:00', 'UTC:30'],
      ...[
        'UTC0001',
        ' UTC0',
        'UTC0 ',
        'UTC0\n',
        'UTC0,',
        'UTC0x',
        'ÆTC0',
        'UTC０',
        'UTC0😀',
        '<UTC>0',
        `${'A'.repeat(99)}`,
      ],
      ...[`${rules},`, `${rules}/`, `${rules}/x`, `${rules}/+3`, `${rules}/3/3`, `${rules},M1.1.0`, `${rules} `],
      ...['CET-1CEST,M3.5.0', 'CET-1CEST,M3.5.0,', 'CET-1CE,M3.5.0,M10.5.0', 'CET-1,M3.5.0,M10.5.0', 'CET-1CEST'],
      ...[
        '3.5.0',
        'm3.5.0',
        'M0.5.0',
        'M003.5.0',
        'M3.0.0',
        'M3.6.0',
        'M3.05.0',
        'M3.5.7',
        'M3.5.00',
        'M3.5',
        'M3.5.0.',
      ].map((rule) => `CET-1CEST,${rule},M10.5.0`),
    ])
      equal(read(text), undefined, text)
  })

  it('is no more than 24 hours from UTC', () => {
    equal(parseZone('XXX-24')?.standard, 86_400)
    for (const text of ['XXX25', 'XXX-99', 'XXX1:60', 'XXX0YYY-25,M3.5.0,M10.5.0', 'XXX0YYY,M3.5.0/168,M10.5.0'])
      equal(parseZone(text), undefined, text)
  })
})
