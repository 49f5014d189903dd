import type { Display } from '../../twin/heated-house.js'
import type { Item, MessageItem, Way, WorldState } from '../world/protocol.js'
import { byId, make, timeOfDay, write } from './dom.js'
import { fieldsOf, unitText, wordsOf } from './sample.js'

/** What travels is drawn up to this speed. */
const MOST_SPEED = 100
/** So many things at once on one link. */
const MOST_DOTS = 5

/** The row of cards: meter, board, air, broker, and who has the key. */
export class Scene {
  #sample: MessageItem | undefined
  #networks = ''
  #blinks = 0
  #isLit = false

  clear(): void {
    this.#sample = undefined
    byId('values').replaceChildren()
    write(byId('you-say'), 'No sample yet.')
  }

  show(state: WorldState): void {
    this.#showMeter(state)
    this.#showBoard(state)
    this.#showAir(state)
    write(byId('broker-state'), state.isConnected ? 'the device is connected' : 'the device is not connected')
    byId('broker-state').classList.toggle('good', state.isConnected)
    for (const name of ['passed', 'packets', 'connections'] as const)
      write(byId(name), state[name].toLocaleString('en'))
    this.#showSample(state)
  }

  /** Takes over what has come, and lets it travel where somebody can follow that. */
  add(items: readonly Item[], speed: number): void {
    const isCalm = speed <= MOST_SPEED && !matchMedia('(prefers-reduced-motion: reduce)').matches
    for (const item of items) {
      if (item.is === 'message' && item.way === 'up' && item.kind === 'sample') this.#sample = item
      if (!isCalm) continue
      if (item.is === 'packet' && item.name !== 'gone') {
        const kind = item.name === 'PUBLISH' ? 'sealed' : 'small'
        for (const link of ['link-air', 'link-net']) travel(link, item.way, kind)
      }
      if (item.is === 'message') travel('link-you', item.way, 'sealed')
      if (item.is === 'message' && item.kind === 'sample') travel('link-line', 'up', 'small')
      if (item.is === 'telegram') travel('link-line', 'up', 'sealed')
    }
  }

  #showMeter({ heat, water, impulses, concentrator }: WorldState): void {
    const rows =
      heat !== undefined
        ? heatRows(heat)
        : concentrator !== undefined
          ? [
              ['water', water === undefined ? '–' : (water.litres / 1000).toFixed(3), 'm³'],
              ['water', String(water?.water ?? '–'), '°C'],
            ]
          : impulses !== undefined
            ? [['impulses', impulses.toLocaleString('en'), '']]
            : [['no meter', '– – – –', '']]
    const text = rows.map((row) => row.join('|')).join()
    const lcd = byId('lcd')
    if (lcd.dataset.text !== text) {
      lcd.dataset.text = text
      lcd.replaceChildren(
        ...rows.map(([name = '', value = '', unit = '']) =>
          make('p', '', make('span', 'what', name), ' ', make('b', '', value), ' ', make('span', 'unit', unit)),
        ),
      )
    }
    const say =
      heat !== undefined
        ? 'A house that is heated. The board asks it once a minute.'
        : concentrator !== undefined
          ? `Sends by radio every 16 s; a concentrator hears it. ${concentrator ? 'The board is connected to that.' : 'The board looks for that.'}`
          : impulses !== undefined
            ? 'Each impulse is a hundredth of a kWh.'
            : 'The build for boards without a meter makes its samples up.'
    write(byId('meter-say'), say)
    write(byId('link-line').firstElementChild as Element, concentrator === undefined ? 'line' : 'radio')
  }

  #showBoard({ isOn, isPlugged, light, blinks, ac1, ac2, serial, now, impulses }: WorldState): void {
    // A flash between two frames is seen, too.
    this.#isLit = light || (isOn && blinks !== this.#blinks && !this.#isLit)
    this.#blinks = blinks
    byId('card-board').classList.toggle('off', !isOn)
    byId<SVGElement>('light').classList.toggle('on', this.#isLit)
    byId<SVGElement>('ac1').classList.toggle('on', ac1)
    byId<SVGElement>('ac2').classList.toggle('on', ac2)
    write(byId('serial'), serial)
    const power = isOn ? 'It runs' : isPlugged ? 'Without power' : 'The plug is out'
    write(
      byId('board-say'),
      `${power}. ${isOn ? 'The light is dark in normal operation.' : 'What it has in flash stays.'}`,
    )
    const valve = byId('valve')
    valve.hidden = impulses !== undefined
    write(valve, `Heating valve on AC 1: ${ac1 ? 'open' : 'closed'}`)
    valve.classList.toggle('good', ac1)
    void now
  }

  #showAir({ networks, accessPoint, phoneJoined, isOn }: WorldState): void {
    const rows = networks.map(({ ssid, rssi, isInRange, isJoined }) => ({
      ssid,
      note: !isInRange ? 'gone' : isJoined ? 'joined' : `${rssi} dBm`,
      mark: !isInRange ? 'away' : isJoined ? 'joined' : 'there',
    }))
    if (accessPoint !== undefined)
      rows.push({ ssid: accessPoint, note: phoneJoined ? 'the phone is in it' : 'the device’s own', mark: 'own' })
    const text = JSON.stringify(rows)
    if (text === this.#networks) return
    this.#networks = text
    byId('networks').replaceChildren(
      ...rows.map(({ ssid, note, mark }) => make('li', mark, make('b', '', ssid), ' ', make('span', '', note))),
    )
    const joined = networks.find(({ isJoined }) => isJoined)
    write(
      byId('air-say'),
      joined !== undefined ? `The device is in ${joined.ssid}.` : isOn ? 'The device is in no network.' : '',
    )
  }

  #showSample({ began, now }: WorldState): void {
    const item = this.#sample
    if (item?.text === undefined) return
    const values = byId('values')
    if (values.dataset.topic !== item.topic) {
      values.dataset.topic = item.topic
      const fields = fieldsOf(item.text).filter(({ name }) => name !== 'heap')
      values.replaceChildren(
        ...fields.map(({ name, value, unit }) =>
          make('div', '', make('dt', '', wordsOf(name) || name), make('dd', '', `${value} ${unitText(unit)}`)),
        ),
      )
    }
    const age = Math.max(0, Math.round((began + now) / 1000 - (item.time ?? 0)))
    write(byId('you-say'), `Taken at ${timeOfDay((item.time ?? 0) * 1000)}, ${ageText(age)} ago.`)
  }
}

function heatRows({ energy, volume, forward, back, flow, power }: Display): string[][] {
  return [
    ['energy', energy.toLocaleString('en').replace(',', ' '), 'kWh'],
    ['volume', (volume / 100).toFixed(2), 'm³'],
    ['flow', (forward / 100).toFixed(2), '°C'],
    ['return', (back / 100).toFixed(2), '°C'],
    ['rate', String(flow), 'l/h'],
    ['power', (power / 10).toFixed(1), 'kW'],
  ]
}

function ageText(seconds: number): string {
  if (seconds < 120) return `${seconds} s`
  return seconds < 7200 ? `${Math.floor(seconds / 60)} min` : `${Math.floor(seconds / 3600)} h`
}

/** A dot on a link, which is gone when it has arrived. */
function travel(link: string, way: Way, kind: string): void {
  const place = byId(link)
  if (place.childElementCount > MOST_DOTS) return
  const dot = make('i', `dot ${way} ${kind}`)
  dot.addEventListener('animationend', () => dot.remove())
  place.append(dot)
}
