import type { Item, MessageItem, PacketItem, WorldState } from '../world/protocol.js'
import { Charts } from './charts.js'
import { Commands } from './commands.js'
import { Controls } from './controls.js'
import { byId, make, prepend, timeOfDay, write } from './dom.js'
import { Faults } from './faults.js'
import { Messages } from './messages.js'
import { showParts } from './parts.js'
import { Phone } from './phone.js'
import { Scene } from './scene.js'
import { Tour } from './tour.js'
import { isFromDisk, WorkerLink } from './worker-link.js'

const MOST_LINES = 100

/** Above this speed the page is drawn anew every so many ms: nobody reads faster, and the computer has the device to run. */
const READABLE_SPEED = 10
const PAUSE = 200

let began = 0
let speed = 1
let hasSample = false
let latest: WorldState | undefined
let waiting: Item[] = []
let drawnAt = 0
let timer: ReturnType<typeof setTimeout> | undefined

const scene = new Scene()
const messages = new Messages()
const charts = new Charts()

byId('from-disk').hidden = !isFromDisk()
const link = new WorkerLink({
  ready: (report) => commands.setKnown(report),
  command: (report) => commands.onChecked(report),
  failed({ text }) {
    byId('failed').hidden = false
    write(byId('failed'), `The simulation has failed: ${text}. Start anew; the link in the address bar repeats it.`)
  },
  batch(state, items) {
    latest = state
    waiting.push(...items)
    if (timer !== undefined) return
    const isFirst = !hasSample && items.some((item) => item.is === 'message' && item.kind === 'sample')
    const pause = speed > READABLE_SPEED && !isFirst ? drawnAt + PAUSE - performance.now() : 0
    if (pause <= 0) draw()
    else timer = setTimeout(draw, pause)
  },
})

const commands = new Commands((line) => link.send({ do: 'command', line }))
const faults = new Faults((name, isOn) => link.send({ do: 'fault', name, isOn }))
const phone = new Phone({
  startFresh: () => controls.startFresh(),
  join: (joins) => link.send({ do: 'phone', joins }),
  ask: (request) => link.ask(request),
})
const controls = new Controls({
  send(order) {
    if (order.do === 'pace') speed = order.speed
    link.send(order)
  },
  onStart(_, unix) {
    began = unix
    hasSample = false
    waiting = []
    byId('failed').hidden = true
    scene.clear()
    messages.clear(unix)
    commands.clear(unix)
    charts.clear()
    byId('log').replaceChildren()
  },
})
showParts()
// Whoever has no pointer scrolls them by keyboard.
for (const id of ['message-list', 'packet-list', 'replies', 'log']) byId(id).tabIndex = 0
new Tour()
controls.begin()

/** Shows the world as it is, and what has come since the last time. */
function draw(): void {
  clearTimeout(timer)
  timer = undefined
  drawnAt = performance.now()
  const items = waiting
  waiting = []
  if (latest === undefined) return
  const opened = items.filter((item): item is MessageItem => item.is === 'message')
  messages.add(opened)
  messages.addPackets(items.filter((item): item is PacketItem => item.is === 'packet'))
  commands.add(opened)
  charts.add(opened.filter(({ kind, way }) => way === 'up' && kind === 'sample'))
  scene.add(items, speed)
  scene.show(latest)
  controls.show(latest)
  faults.show(latest)
  phone.show(latest)
  addLines(items)
  if (!hasSample && opened.some(({ kind }) => kind === 'sample')) onFirstSample()
}

function addLines(items: readonly Item[]): void {
  const lines = items.filter((item) => item.is === 'log')
  for (const { at, text } of lines.slice(-MOST_LINES))
    prepend(byId('log'), make('li', '', make('time', '', timeOfDay(began + at)), ` ${text}`), MOST_LINES)
}

function onFirstSample(): void {
  hasSample = true
  performance.mark('first-sample')
  write(byId('status'), 'The first sample has arrived and was opened.')
}
