import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Arrival, openStore, type Store } from '../bridge/store/store.js'
import { printTable } from './table.js'

/**
 * `tsx bench/database.ts [URL...]`: how many samples a second go into a database, as a bridge writes them that catches up: the
 * hours of 500 devices in the order of time. Without a URL it is the embedded one, in a folder of its own. A database is not
 * emptied before: the samples are of devices of its own that begin with 99.
 */
const DEVICES = 500
const MINUTES = Number(process.env.MINUTES ?? 200)
const BATCH = 2000

/** The samples of a batch, made only when it is their turn. */
function samples(first: number, last: number, receivedAt: number): Arrival[] {
  return Array.from({ length: last - first }, (_, i): Arrival => {
    const device = (first + i) % DEVICES
    const minute = Math.floor((first + i) / DEVICES)
    const time = Math.floor(receivedAt / 1000) - (MINUTES - minute) * 60 + (device % 60)
    const text = `heap=${20000 + device}&t1=${68 + (minute % 9)}.${10 + (device % 80)} C&t2=43.08 C&tdif=25.38 K&flow1=${minute} l/h&effect1=0.${device % 10} kW&hr=${59127 + minute} h&v1=${1436 + minute}.${device} m3&e1=${56000 + minute}.${100 + device} kWh&`
    return { serial: `99${10_000 + device}`, kind: 'sample', time, text, receivedAt }
  })
}

/** Samples a second, and a second of this process's processor time. */
async function write(store: Store, count: number, now: number): Promise<readonly [number, number]> {
  const began = performance.now()
  const cpu = process.cpuUsage()
  for (let i = 0; i < count; i += BATCH) await store.write(samples(i, Math.min(i + BATCH, count), now))
  const { user, system } = process.cpuUsage(cpu)
  return [Math.round((count * 1000) / (performance.now() - began)), Math.round((count * 1e6) / (user + system))]
}

function memory(): string {
  return `${Math.round(process.memoryUsage.rss() / 1e6)} MB`
}

async function measure(url: string): Promise<readonly (string | number)[]> {
  const before = memory()
  const began = performance.now()
  const store = await openStore(url)
  const opened = Math.round(performance.now() - began)
  const now = Date.now()
  const fresh = await write(store, DEVICES * MINUTES, now)
  const known = await write(store, 20_000, now)
  const after = memory()
  await store.close()
  return [url.replace(/:.*/s, ''), `${opened} ms`, ...fresh, ...known, before, after]
}

const folder = mkdtempSync(join(tmpdir(), 'meterlogger-bench-'))
const urls = process.argv.length > 2 ? process.argv.slice(2) : [`file:${folder}`]
const rows: (readonly (string | number)[])[] = []
for (const url of urls) rows.push(await measure(url))
rmSync(folder, { recursive: true })
printTable(
  `Samples a second, ${DEVICES} devices, ${BATCH} a transaction; beside it per second of this process's processor time`,
  ['', 'open', 'new', 'processor', 'known', 'processor', 'memory before', 'after'],
  rows,
)
