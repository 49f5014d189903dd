import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { get as request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseAway } from '../../bridge/store/store.js'
import type { WebOptions } from '../../bridge/web/server.js'
import { KeyRegister } from '../../tools/key-register.js'
import { Lines } from '../support/lines.js'
import { until } from '../support/until.js'
import { heatMinutes, serveStore, writeAll } from '../support/web.js'
import { arrival } from './databases.js'

const SERIAL = '7000001'
const DAY = `/meter/${SERIAL}/day/2026-11-24`

/** An instant of whole seconds. */
const instantNow = (ms = 0) => `${new Date(Date.now() + ms).toISOString().slice(0, 19)}Z`

describe('the pages of the bridge', () => {
  let folder: string
  let served: Awaited<ReturnType<typeof serveStore>>
  const zone = process.env.TZ

  beforeEach(() => {
    process.env.TZ = 'Europe/Copenhagen'
    folder = mkdtempSync(join(tmpdir(), 'meterlogger-web-'))
  })

  afterEach(async () => {
    await served.close()
    rmSync(folder, { recursive: true })
    if (zone === undefined) delete process.env.TZ
    else process.env.TZ = zone
  })

  async function serve(options: Partial<WebOptions> = {}) {
    served = await serveStore(`file:${folder}`, options)
    return served
  }

  it('take nothing from anywhere else, and nothing can be changed by them', async () => {
    const { get, store } = await serve()
    await writeAll(store, heatMinutes(SERIAL, '2026-11-24T00:00:00Z', 30))
    for (const path of ['/', DAY, `${DAY}.csv`, '/nothing', '/assets/page.js']) {
      const { headers, text } = await get(path)
      match(String(headers['content-security-policy']), /^default-src 'none'; script-src 'self'; style-src 'self'; /)
      equal(headers['x-content-type-options'], 'nosniff')
      equal(headers['cross-origin-resource-policy'], 'same-origin')
      if (path === '/assets/page.js') continue
      equal(headers['cache-control'] ?? 'no-store', 'no-store')
      ok(!/(src|href|action)="(?![/#])|<style|style=|onclick/.test(text), text)
    }
    for (const method of ['POST', 'PUT', 'DELETE']) equal((await get('/', {}, method)).status, 405)
    const head = await get(DAY, {}, 'HEAD')
    deepEqual([head.status, head.text], [200, ''])
  })

  it('are for the names of this computer alone, so that no other site can have one that leads here', async () => {
    const { get, url } = await serve()
    const { port } = new URL(url)
    for (const host of [
      'evil.example',
      `evil.example:${port}`,
      'localhost.evil.example',
      '127.0.0.1.evil.example',
      '[::1',
    ])
      equal((await get('/', { host })).status, 403, host)
    for (const host of ['localhost', `LOCALHOST:${port}`, `127.0.0.1:${port}`, '[::1]', '[::1]:9'])
      equal((await get('/', { host })).status, 200, host)
  })

  it('ask for a password, and make guessing slow, without locking out for good', async () => {
    const { get, clock } = await serve({ password: 'sésame, öffne: dich' })
    const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` })
    const right = basic('anybody:sésame, öffne: dich')
    const refused = await get('/')
    deepEqual(
      [refused.status, refused.headers['www-authenticate']],
      [401, 'Basic realm="MeterLogger", charset="UTF-8"'],
    )
    for (const path of ['/', DAY, '/live', '/assets/page.js', '/devices.csv'])
      equal((await get(path)).status, 401, path)
    equal((await get('/', right)).status, 200)
    for (const authorization of ['', 'Basic', 'Basic !', 'Bearer x', `Basic ${'A'.repeat(5000)}`])
      equal((await get('/', { authorization })).status, 401)
    for (let i = 0; i < 9; i++) equal((await get('/', basic(`me:${i}`))).status, 401)
    equal((await get('/', right)).status, 200)
    for (let i = 0; i < 10; i++) equal((await get('/', basic(`me:sésame, öffne: dic${i}`))).status, 401)
    const slow = await get('/', right)
    deepEqual([slow.status, slow.headers['retry-after']], [429, '60'])
    await clock.run(60_000)
    equal((await get('/', basic('me:11'))).status, 401)
    equal((await get('/', right)).status, 429)
    await clock.run(60_000)
    equal((await get('/', right)).status, 200)
  })

  it('have a way back from a date that is none', async () => {
    const { get, store } = await serve()
    await writeAll(store, heatMinutes(SERIAL, '2026-11-24T00:00:00Z', 30))
    const wrong = [
      'day/2026-02-30',
      'day/2026-11',
      'day/1999-01-01',
      'month/2026-13',
      'year/3000',
      'year/26',
      'week/2026-11-24',
    ]
    for (const rest of [...wrong, 'day/%3Cscript%3E', 'day/2026-02-30.csv']) {
      const { status, text } = await get(`/meter/${SERIAL}/${rest}`)
      equal(status, 404, rest)
      match(text, new RegExp(`href="/meter/${SERIAL}/day/[0-9-]{10}"`))
      ok(!text.includes('<script>'))
    }
    for (const path of ['/meter/1', '/meter/%ff', '/meter/', '/x', '//evil.example/', `/meter/${SERIAL}/day`]) {
      const { status, text } = await get(path)
      equal(status, 404, path)
      match(text, /href="\/"/)
    }
    const empty = await get(`/meter/${SERIAL}/day/2026-11-20`)
    equal(empty.status, 200)
    match(empty.text, /No samples on this day. The first are of <a href="\/meter\/7000001\/day\/2026-11-24">/)
  })

  it('can be linked: a meter leads to its newest day, a date of the form to its page', async () => {
    const { get, store } = await serve()
    await writeAll(store, heatMinutes(SERIAL, '2026-11-24T00:00:00Z', 30))
    const goes = async (path: string) => (await get(path)).headers.location
    equal(await goes(`/meter/${SERIAL}`), DAY)
    equal(await goes(`/meter/${SERIAL}?date=2026-03-05&by=month`), `/meter/${SERIAL}/month/2026-03`)
    equal(await goes(`/meter/${SERIAL}?date=2026-03-05`), `/meter/${SERIAL}/day/2026-03-05`)
    equal((await get(`/meter/${SERIAL}?date=x`)).status, 404)
  })

  it('tell where samples are missing, and which came late', async () => {
    const { get, store } = await serve()
    const all = heatMinutes(SERIAL, '2026-11-24T00:00:00Z', 400)
    await writeAll(
      store,
      all.flatMap((one, i) => {
        if (i >= 100 && i < 130) return []
        return [i >= 200 && i < 260 ? { ...one, receivedAt: one.receivedAt + 7_200_000 } : one]
      }),
    )
    const { text } = await get(DAY)
    match(text, /No samples from 02:39 to 03:10/)
    match(text, /60 samples from 04:20 to 05:19 came late/)
    match(text, /<span class="few">40 of 60<\/span>/)
    match(text, /rel="next"|No samples from 07:39/)
  })

  it('miss nothing before the first sample of a meter', async () => {
    const { get, store } = await serve()
    await writeAll(store, heatMinutes(SERIAL, '2026-11-24T21:57:30Z', 63))
    const { text } = await get(DAY)
    match(text, /No gaps, and nothing came late/)
    match(text, /<dd>63<\/dd><dd class="more">of 63<\/dd>/)
    equal(text.includes('class="few"'), false)
    equal(/data-since="([0-9]+)"/.exec(text)![1], String(Date.parse('2026-11-24T21:57:30Z') / 1000))
  })

  it('miss nothing before a first sample in the first hour of a day', async () => {
    const { get, store } = await serve()
    await writeAll(store, heatMinutes(SERIAL, '2026-11-23T23:40:00Z', 1400))
    match((await get(DAY)).text, /No gaps, and nothing came late/)
  })

  it('say what is to come where there is nothing yet, and give each figure its unit', async () => {
    const { get, store } = await serve()
    const toCome = /The first sample is still to come: a device that is connected to the broker sends one every minute/
    for (const path of ['/', `/meter/${SERIAL}`]) match((await get(path)).text, toCome)
    await store.write([arrival(SERIAL, 'version', instantNow(), '1')])
    match((await get(DAY)).text, toCome)
    match((await get('/?find=another')).text, /No meter has that in its number or name/)
    await writeAll(store, heatMinutes(SERIAL, '2026-11-24T00:00:00Z', 30))
    const { text } = await get(DAY)
    const more = [...text.matchAll(/<dd class="more">([^<]*)/g)].map(([, words]) => words!)
    for (const words of more.slice(0, -1)) match(words, /[0-9] (kWh|m³|kW|°C|K|l\/h)$/)
  })

  it('show the hours of a day whose samples are not kept any more', async () => {
    const { get, store } = await serve()
    await writeAll(store, heatMinutes(SERIAL, '2026-03-10T00:00:00Z', 180))
    await store.prune(20 * 86_400_000)
    const day = `/meter/${SERIAL}/day/2026-03-10`
    const { status, text } = await get(day)
    equal(status, 200)
    match(text, /samples of this day are not kept any more/)
    match(text, /data-columns="t1_c_mean t2_c_mean"/)
    const [head, ...hours] = (await get(`${day}.csv`)).text.trimEnd().split('\r\n')
    match(head!, /^start,samples,/)
    deepEqual(
      hours.map((line) => line.split(',')[1]),
      ['60', '60', '60'],
    )
  })

  it('have the days of this computer’s zone, of 23 hours and of 25', async () => {
    const { get, store } = await serve()
    await writeAll(store, heatMinutes(SERIAL, '2026-03-27T23:00:00Z', 4 * 1440))
    await writeAll(store, heatMinutes(SERIAL, '2026-10-23T22:00:00Z', 4 * 1440))
    const hours = async (day: string) => (await get(`/meter/${SERIAL}/day/${day}`)).text.match(/data-time=/g)!.length
    deepEqual([await hours('2026-03-29'), await hours('2026-10-25'), await hours('2026-10-26')], [23, 25, 24])
    const csv = (await get(`/meter/${SERIAL}/day/2026-10-25.csv`)).text.split('\r\n')
    deepEqual(
      [csv.length - 2, csv[1]!.slice(0, 20), csv.at(-2)!.slice(0, 20)],
      [1500, '2026-10-24T22:00:00Z', '2026-10-25T22:59:00Z'],
    )
    match((await get(`/meter/${SERIAL}/month/2026-10`)).text, />1,500</)
    match((await get(`/meter/${SERIAL}/year/2026`)).text, /All times are in the time zone Europe\/Copenhagen/)
  })

  it('show the devices of the register too, with what a name may hold, and find them', async () => {
    const key = new Uint8Array(16)
    const device = (serial: string, name: string) => ({ serial, key, name, group: undefined, kind: undefined })
    const register = new KeyRegister([
      device('0000007', '=HYPERLINK("http://evil.example")'),
      device('7000001', '<b>House</b> & "garden", 7'),
    ])
    const { get, store } = await serve({ register })
    const now = instantNow()
    await store.write([
      arrival(SERIAL, 'sample', now, 't1=20 C&', now),
      arrival(SERIAL, 'status', now, 'close', now),
      arrival(SERIAL, 'version', now, '+1-@x', now),
      arrival(SERIAL, 'rssi', now, '-61', now),
    ])
    const page = (await get('/')).text
    match(page, /2 meters, 1 offline/)
    match(page, /<bdi>&lt;b&gt;House&lt;\/b&gt; &amp; &quot;garden&quot;, 7<\/bdi>/)
    match(page, /closed/)
    match((await get('/?find=GARDEN')).text, /1 meter, all online/)
    match((await get('/?find=nobody')).text, /No meter/)
    const [head, never, house] = (await get('/devices.csv')).text.split('\r\n')
    equal(head, 'serial,name,online,last_seen,samples,valve,version,rssi_dbm')
    equal(never, '0000007,"\'=HYPERLINK(""http://evil.example"")",offline,,0,,,')
    match(house!, /^7000001,"<b>House<\/b> & ""garden"", 7",online,20[0-9-]{8}T[0-9:]{8}Z,1,closed,'\+1-@x,-61$/)
  })

  it('have at most a hundred devices each, and none is missing', async () => {
    const { get, store } = await serve()
    const now = instantNow()
    await store.write(
      Array.from({ length: 250 }, (_, i) => arrival(String(9_000_000 + i), 'sample', now, 't1=1 C&', now)),
    )
    const seen = new Set<string>()
    for (const page of [1, 2, 3]) {
      const found = (await get(`/?page=${page}`)).text.match(/href="\/meter\/([0-9]+)"/g) ?? []
      ok(found.length <= 100)
      for (const one of found) seen.add(one)
    }
    equal(seen.size, 250)
    equal((await get('/devices.csv')).text.split('\r\n').length, 252)
    for (const page of ['0', '99', '-1', 'x', '1e9']) equal((await get(`/?page=${page}`)).status, 200)
  })

  it('count the samples of the last 24 hours to the minute', async () => {
    const { get, store } = await serve()
    const minutes = Array.from({ length: 1600 }, (_, i) => new Date(Date.now() - i * 60_000 - 2_000).toISOString())
    await writeAll(
      store,
      minutes.map((time) => arrival(SERIAL, 'sample', `${time.slice(0, 19)}Z`, 't1=1 C&')),
    )
    const [, line] = (await get('/devices.csv')).text.split('\r\n')
    equal(line!.split(',')[4], '1440')
  })

  it('say so while the database is away, and are there when it is', async () => {
    let isAway = true
    await serve()
    const { store } = served
    const away = await serveStore(`file:${folder}`, {
      store: { rows: (sql, values) => (isAway ? Promise.reject(new DatabaseAway('gone')) : store.rows(sql, values)) },
    })
    try {
      const { status, headers, text } = await away.get('/')
      deepEqual([status, headers['retry-after']], [503, '10'])
      match(text, /The database is away/)
      isAway = false
      equal((await away.get('/')).status, 200)
    } finally {
      await away.close()
    }
  })

  describe('live', () => {
    /** What a page hears. */
    async function listen(path: string) {
      const asked = request(`${served.url}${path}`)
      const response = await new Promise<import('node:http').IncomingMessage>((resolve) =>
        asked.on('response', resolve),
      )
      let hasEnded = false
      response.on('close', () => {
        hasEnded = true
      })
      return { response, heard: new Lines(response).all, asked, ended: () => hasEnded }
    }

    it('tell a page that a device was heard, only that one, and end with the bridge', async () => {
      const { store, clock } = await serve()
      const at = (ms: number) => instantNow(ms)
      await store.write([
        arrival('1', 'sample', at(-60_000), 't1=1 C&'),
        arrival('2', 'sample', at(-60_000), 't1=1 C&'),
      ])
      const all = await listen('/live')
      const one = await listen('/live?serial=1')
      equal(all.response.headers['content-type'], 'text/event-stream')
      const news = (page: { readonly heard: readonly string[] }) =>
        page.heard.filter((line) => line === 'data: news').length
      const later = (condition: () => boolean, what: string) =>
        until(async () => {
          await clock.run(3_000)
          return condition()
        }, what)
      await later(() => one.heard.includes(':'), 'the first look')
      await store.write([arrival('2', 'sample', at(-30_000), 't1=1 C&')])
      await later(() => news(all) === 1, 'the news of 2')
      equal(news(one), 0)
      await store.write([arrival('1', 'sample', at(-20_000), 't1=1 C&')])
      await later(() => news(all) === 2 && news(one) === 1, 'the news of 1')
      served.server.close()
      await until(() => all.ended() && one.ended(), 'the end')
    })

    it('take fifty pages, and look at the database only while there is one', async () => {
      let looks = 0
      const { store } = await serve()
      served.server.close()
      const counting = await serveStore(`file:${folder}`, {
        store: {
          rows: (sql, values) => {
            looks++
            return store.rows(sql, values)
          },
        },
      })
      const before = served
      served = counting
      try {
        await counting.clock.run(60_000)
        equal(looks, 0)
        const pages = await Promise.all(Array.from({ length: 50 }, () => listen('/live')))
        equal((await counting.get('/live')).status, 503)
        await until(async () => {
          await counting.clock.run(3_000)
          return looks > 2
        }, 'looks')
        for (const { asked } of pages) asked.destroy()
        await until(async () => {
          const { response, asked } = await listen('/live')
          asked.destroy()
          return response.statusCode === 200
        }, 'room')
        await until(async () => {
          await counting.clock.run(3_000)
          const now = looks
          await counting.clock.run(3_000)
          return looks === now
        }, 'rest')
      } finally {
        await before.store.close()
      }
    })
  })
})
