import { Journal } from '../../../modules/journal/journal.js'
import { SimulatedFlash } from '../../../twin/flash.js'
import { measure } from './figures.js'

const SAMPLE =
  'heap=21376&t1=24.21 C&t2=22.95 C&tdif=1.26 K&flow1=0 l/h&effect1=0.0 kW&hr=73327 h&v1=1321.27 m3&e1=56.726 MWh&'
const flash = new SimulatedFlash({ sectors: 192, random: () => 0 })
const options = { flash, seal: () => new Uint8Array(176), unix: (at: number) => 1_800_000_000 + Math.floor(at / 1000) }
const taken = { prefix: '/sample/v2/1234567/', at: 60_000, text: SAMPLE }
let journal!: Journal

void (async () => {
  await measure('made', () => {
    journal = new Journal(options)
  })
  for (let i = 0; i < 8_000; i++) journal.append(taken)
  await measure('opened when full', () => {
    journal = new Journal(options)
  })
  await measure('first of a full journal', () => journal.next(true))
  await measure('append', () => journal.append(taken))
  await measure('deliver', () => {
    journal.next(true)
    journal.sent()
    journal.received()
    journal.delivered()
  })
})()
