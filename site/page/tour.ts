import { byId, write } from './dom.js'

interface Step {
  /** Id of what it points at. */
  readonly at: string
  readonly title: string
  readonly text: string
}

const STEPS: readonly Step[] = [
  {
    at: 'card-meter',
    title: 'A heat meter',
    text: 'It hangs in a cellar and counts the heat that a house takes. Its display moves as the house is heated. A small board sits inside it.',
  },
  {
    at: 'card-board',
    title: 'The board, with the real firmware',
    text: 'Once a minute it asks the meter, over a line of 1,200 baud. AC 1 drives a heating valve. What you see runs in this page: the same source as on the ESP32.',
  },
  {
    at: 'card-broker',
    title: 'On its way',
    text: 'The board joins the Wi-Fi, learns the time, and publishes each sample over MQTT with QoS 2: once, whatever breaks. The broker sees sealed bytes only.',
  },
  {
    at: 'detail',
    title: 'Sealed, and opened',
    text: 'Here is one message to the last byte: the tag that protects it, the IV, the cipher text, and what whoever has the key reads in it.',
  },
  {
    at: 'charts',
    title: 'What arrives',
    text: 'Each sample becomes a point. Choose 100 × or 1,000 × above, or pass over a whole day, and watch the curves grow.',
  },
  {
    at: 'commands',
    title: 'Commands',
    text: 'Try “open_until_delta 2”: the valve opens until 2 kWh more were used, and closes then by itself. Each command is sealed, and is done once.',
  },
  {
    at: 'faults',
    title: 'Break something',
    text: 'Take the access point away for an hour, or cut the power in the middle of a write. Each switch tells what the firmware does. No sample is lost.',
  },
  {
    at: 'phone-panel',
    title: 'Set it up',
    text: 'Tick “as it leaves the factory” and start anew. The phone joins the device’s own network and sees its set-up pages. The network is called twin, its password is simulated.',
  },
  {
    at: 'plug',
    title: 'And the plug',
    text: 'Pull it whenever you like. What was measured is in flash, and goes out when the power is back. That is all: the rest is yours.',
  },
]

const NARROW = 700

/** Shows a newcomer around. Escape ends it. */
export class Tour {
  #panel = byId('tour')
  #step = 0
  #before: Element | null = null

  constructor() {
    byId('tour-start').addEventListener('click', () => this.#start())
    byId('tour-next').addEventListener('click', () => this.#go(this.#step + 1))
    byId('tour-back').addEventListener('click', () => this.#go(this.#step - 1))
    byId('tour-end').addEventListener('click', () => this.#end())
    addEventListener('keydown', ({ key }) => {
      if (key === 'Escape' && !this.#panel.hidden) this.#end()
    })
  }

  #start(): void {
    this.#before = document.activeElement
    this.#panel.hidden = false
    this.#go(0)
  }

  #go(step: number): void {
    const shown = STEPS[step]
    if (shown === undefined) return step < 0 ? undefined : this.#end()
    this.#step = step
    this.#unmark()
    const target = byId(shown.at)
    target.classList.add('pointed')
    const isCalm = matchMedia('(prefers-reduced-motion: reduce)').matches
    // On a small screen the words are below it.
    const block = innerWidth < NARROW ? 'start' : 'center'
    target.scrollIntoView({ block, behavior: isCalm ? 'auto' : 'smooth' })
    write(byId('tour-place'), `${step + 1} of ${STEPS.length}`)
    write(byId('tour-title'), shown.title)
    write(byId('tour-text'), shown.text)
    byId<HTMLButtonElement>('tour-back').disabled = step === 0
    write(byId('tour-next'), step === STEPS.length - 1 ? 'Done' : 'Next')
    byId('tour-title').focus({ preventScroll: true })
  }

  #end(): void {
    this.#unmark()
    this.#panel.hidden = true
    if (this.#before instanceof HTMLElement) this.#before.focus()
  }

  #unmark(): void {
    for (const marked of document.querySelectorAll('.pointed')) marked.classList.remove('pointed')
  }
}
