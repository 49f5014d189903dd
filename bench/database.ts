import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Arrival, openStore } from '../bridge/store/store.js'
import { printTable } from './table.js'

/**
 * `tsx bench/database.ts [URL...]`: how many samples a second go into a database, as a bridge writes them that catches up: the
 * hours of 500 devices in the order of time. Without a URL it is the embedded one, in a folder of its own. A database is not
 * emptied before: the samples are of devices of its own that begin with 99.
 */
const DEVICES = 500
const MINUTES = Number(process.env.MINUTES ?? 200)
const BATCH = 2000

function samples(): Arrival[] {
  const receivedAt = Date.now()
  const last = Math.floor(receivedAt / 60_000) * 60
  return Array.from({ length: DEVICES * MINUTES }, (_, i): Arrival => {
    const device = i % DEVICES
    const minute = Math.floor(i / DEVICES)
    const text = `heap=${20000 + device}&t1=${68 + (minute % 9)}.${10 + (device % 80)} C&t2=43.08 C&tdif=25.38 K&flow1=${minute} l/h&effect1=0.${device % 10} kW&hr=${59127 + minute} h&v1=${1436 + minute}.${device} m3&e1=${56000 + minute}.${100 + device} kWh&`
    return {
      serial: `99${10_000 + device}`,
      kind: 'sample',
      time: last - (MINUTES - minute) * 60 + (device % 60),
      text,
      receivedAt,
    }
  })
}

function memory(): number {
  return process.memoryUsage.rss() / 1e6
}

async function measure(url: string): Promise<readonly (string | number)[]> {
  const before = memory()
  const began = performance.now()
  const store = await openStore(url)
  const opened = performance.now()
  const all = samples()
  const start = performance.now()
  for (let i = 0; i < all.length; i += BATCH) await store.write(all.slice(i, i + BATCH))
  const fresh = performance.now()
  const again = all.slice(0, 20_000)
  for (let i = 0; i < again.length; i += BATCH) await store.write(again.slice(i, i + BATCH))
  const end = performance.now()
  // What a fleet that is on time gives: each minute a sample of each device, a transaction for each second.
  await store.close()
  const rate = (count: number, ms: number) => Math.round((count * 1000) / ms)
  return [
    url.replace(/:.*/, ''),
    `${Math.round(opened - began)} ms`,
    rate(all.length, fresh - start),
    rate(again.length, end - fresh),
    `${Math.round(before)} MB`,
    `${Math.round(memory())} MB`,
  ]
}

const folder = mkdtempSync(join(tmpdir(), 'meterlogger-bench-'))
const urls = process.argv.length > 2 ? process.argv.slice(2) : [`file:${folder}`]
const rows: (readonly (string | number)[])[] = []
for (const url of urls) rows.push(await measure(url))
rmSync(folder, { recursive: true })
printTable(
  `Samples a second, ${DEVICES} devices, ${BATCH} a transaction`,
  ['', 'open', 'new', 'known', 'memory before', 'after'],
  rows,
)
