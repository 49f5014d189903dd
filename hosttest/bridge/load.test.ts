import { deepEqual, equal, ok } from 'node:assert/strict'
import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { commandLine, KEY } from '../support/cli.js'
import { energyOf, type Minutes, serialOf, timeOf } from '../support/day.js'
import { Lines } from '../support/lines.js'
import { Mosquitto, missingMosquitto, OPEN } from '../support/mosquitto.js'
import { needs } from '../support/needs.js'
import { VERIFIES } from '../support/parts.js'
import { databasesOf } from './databases.js'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** A day of 500 devices in `npm run verify`; else an hour of a few. */
const SIZE = VERIFIES
  ? { devices: 500, minutes: 1440, kills: 20, restarts: 5 }
  : { devices: 40, minutes: 60, kills: 3, restarts: 1 }

/** As docs/bridge.md says. */
const SETTINGS = [...OPEN, 'max_queued_messages 0', 'max_inflight_messages 1000']

/** ms without a sample that are one too many, also on a busy computer. */
const STANDSTILL = 300_000

type Event = 'kill' | 'broker' | 'database'

/** What happens one after another while the samples come in, in an order that follows from a seed. */
function events(seed: number, hasDatabase: boolean): readonly Event[] {
  const all: Event[] = [
    ...Array<Event>(SIZE.kills).fill('kill'),
    ...Array<Event>(SIZE.restarts).fill('broker'),
    ...Array<Event>(hasDatabase ? SIZE.restarts : 0).fill('database'),
  ]
  let state = seed
  const random = () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return state / 2_147_483_648
  }
  return all
    .map((event) => ({ event, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ event }) => event)
}

for (const [title, kind, bridges] of [
  ['the embedded database, one bridge', 'embedded', 1],
  ['PostgreSQL, two bridges that share', 'PostgreSQL', 2],
] as const)
  describe(`${SIZE.minutes} minutes of ${SIZE.devices} devices into ${title}`, () => {
    const { children, start } = commandLine()
    const databases = databasesOf(kind)
    const player = `${ROOT}/build/player-${process.pid}-${kind}.mjs`
    let mosquitto: Mosquitto | undefined

    before(async function () {
      needs(this, missingMosquitto())
      await build({
        entryPoints: [`${ROOT}/hosttest/support/player.ts`],
        bundle: true,
        packages: 'external',
        platform: 'node',
        format: 'esm',
        outfile: player,
      })
    })

    after(() => {
      mosquitto?.remove()
      rmSync(player, { force: true })
    })

    it(`has each sample once at its own time, with ${SIZE.kills} bridges killed and ${SIZE.restarts} restarts of all else`, async () => {
      const plan: Minutes = { ...SIZE, start: Math.floor(Date.now() / 1000) - SIZE.minutes * 60 - 3600 }
      const total = plan.devices * plan.minutes
      const broker = await Mosquitto.start(children, undefined, SETTINGS)
      mosquitto = broker
      const url = await databases.fresh()
      const store = await databases.open(url)
      const options = [
        '--broker',
        broker.url,
        '--key',
        KEY,
        '--database',
        url,
        ...(bridges > 1 ? ['--share', 'load'] : []),
      ]
      const running: ChildProcessWithoutNullStreams[] = []
      const bridge = async (place: number) => {
        const child = start('bridge', ...options)
        running[place] = child
        await new Lines(child.stderr).find(/^bridging /)
      }
      for (let place = 0; place < bridges; place++) await bridge(place)

      const { port, devices, minutes } = { port: broker.port, ...plan }
      const playing = children.node([player, ...[port, KEY, devices, minutes, plan.start].map(String)], process.env)
      const played = once(playing, 'exit')
      playing.stderr.pipe(process.stderr)

      const taken = async () => {
        try {
          const [row] = await store.rows('SELECT coalesce(sum(samples), 0) AS n FROM days')
          return Number(row!.n)
        } catch {
          // The database is being started anew.
          return 0
        }
      }
      /** Waits until so many are there. It fails when nothing comes any more. */
      const reach = async (wanted: number) => {
        let last = -1
        for (let began = performance.now(), n = 0; n < wanted; n = await taken()) {
          if (n > last) [last, began] = [n, performance.now()]
          playing.stdin.write(`${n}\n`)
          ok(performance.now() - began < STANDSTILL, `${n} of ${wanted}`)
          await new Promise((resolve) => setTimeout(resolve, 50))
        }
      }
      const planned = events(Number(process.env.SEED ?? 1), kind !== 'embedded')
      const began = performance.now()
      for (const [i, event] of planned.entries()) {
        await reach(Math.floor((total * (i + 1)) / (planned.length + 2)))
        if (event === 'kill') {
          const place = i % bridges
          const gone = once(running[place]!, 'exit')
          running[place]!.kill('SIGKILL')
          await gone
          await bridge(place)
        } else if (event === 'broker') {
          await broker.stop()
          await broker.start()
        } else {
          await databases.postgres!.kill()
          await databases.postgres!.start()
        }
      }
      await reach(total)
      deepEqual(await played, [0, null])
      if (VERIFIES) console.log(`      ${Math.round((1000 * total) / (performance.now() - began))} samples a second`)

      deepEqual(await store.rows('SELECT count(*) AS n, (SELECT sum(samples) FROM hours) AS hours FROM samples'), [
        { n: String(total), hours: String(total) },
      ])
      for (let device = 0; device < devices; device++) {
        const found = await store.rows('SELECT time, energy_wh FROM samples WHERE serial = $1 ORDER BY time', [
          serialOf(device),
        ])
        equal(found.length, minutes)
        for (const [minute, { time, energy_wh }] of found.entries()) {
          equal(Date.parse(time!) / 1000, timeOf(plan, device, minute))
          equal(energy_wh, String(energyOf(device, minute)))
        }
      }
    }).timeout(0)
  })
