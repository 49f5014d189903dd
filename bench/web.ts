import { fileURLToPath } from 'node:url'
import { openStore } from '../bridge/store/store.js'
import { serveWeb } from '../bridge/web/server.js'
import { RealClock } from '../twin/clock.js'
import { printTable } from './table.js'

/** `tsx bench/web.ts URL`: how long each page of the bridge takes, of a database that `bench/web-database.ts` has filled. */
const ROUNDS = 10

const [url = ''] = process.argv.slice(2)
if (url === '') throw new Error('expected a URL')

const store = await openStore(url)
const server = await serveWeb({
  ...{ store, database: url, clock: new RealClock(), register: undefined, silent: 900_000, password: undefined },
  address: '127.0.0.1',
  port: 0,
  assets: fileURLToPath(new URL('../bridge/web/browser/', import.meta.url)),
  say: (line) => process.stderr.write(`${line}\n`),
})
const today = new Date().toISOString().slice(0, 10)
const yesterday = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10)
const meter = '/meter/7000005'
const paths = [
  '/',
  ...[`day/${yesterday}`, `month/${today.slice(0, 7)}`, `year/${today.slice(0, 4)}`].flatMap((period) => [
    `${meter}/${period}`,
    `${meter}/${period}.csv`,
  ]),
]
const rows: (readonly (string | number)[])[] = []
for (const path of paths) {
  const times: number[] = []
  let bytes = 0
  const cpu = process.cpuUsage()
  for (let i = 0; i < ROUNDS; i++) {
    const began = performance.now()
    bytes = (await (await fetch(new URL(path, server.url))).arrayBuffer()).byteLength
    times.push(performance.now() - began)
  }
  const { user, system } = process.cpuUsage(cpu)
  times.sort((one, other) => one - other)
  rows.push([path, bytes, ...[times[0]!, times[ROUNDS / 2]!, (user + system) / 1000 / ROUNDS].map(Math.round)])
}
server.close()
await store.close()
printTable('Pages of the bridge; ms', ['page', 'bytes', 'best', 'median', 'processor'], rows)
