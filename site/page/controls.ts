import type { Order, WorldState } from '../world/protocol.js'
import { fragmentOf, METERS, type MeterName, type Scenario, scenarioOf } from '../world/scenario.js'
import { byId, make, write } from './dom.js'

const HOUR = 3_600_000

interface ControlsOptions {
  send(order: Order): void
  /** A world begins anew. @param unix ms of its beginning */
  onStart(scenario: Scenario, unix: number): void
}

/** Time, power, the choice of a device, and the link that carries all that. */
export class Controls {
  #options: ControlsOptions
  #scenario: Scenario
  #isPaused = false
  #faults: readonly string[] = []

  constructor(options: ControlsOptions) {
    this.#options = options
    this.#scenario = scenarioOf(location.hash)
    const { send } = options
    byId('meter').append(
      ...Object.entries(METERS).map(([value, name]) => {
        const option = make('option', '', name)
        option.value = value
        return option
      }),
    )
    byId('plug').addEventListener('click', () =>
      send({ do: 'plug', isIn: byId('plug').getAttribute('aria-checked') !== 'true' }),
    )
    byId('pause').addEventListener('click', () => {
      this.#isPaused = !this.#isPaused
      this.#pace()
    })
    for (const input of document.querySelectorAll<HTMLInputElement>('[name=speed]'))
      input.addEventListener('change', () => {
        this.#isPaused = false
        this.#change({ speed: Number(input.value) })
        this.#pace()
      })
    byId('hour').addEventListener('click', () => send({ do: 'pass', ms: HOUR }))
    byId('day').addEventListener('click', () => send({ do: 'pass', ms: 24 * HOUR }))
    byId('setting').addEventListener('submit', (event) => {
      event.preventDefault()
      this.#start()
    })
    byId('meter').addEventListener('change', () => this.#start())
    byId('fresh').addEventListener('change', () => this.#start())
    byId('link').addEventListener('click', () => void this.#copy())
    addEventListener('hashchange', () => {
      if (location.hash.replace(/^#/, '') === fragmentOf(this.#scenario)) return
      this.#scenario = scenarioOf(location.hash)
      this.#begin()
    })
    // Nobody looks, so nothing has to be computed.
    document.addEventListener('visibilitychange', () => this.#pace())
  }

  /** Begins the scenario of the link. */
  begin(): void {
    this.#begin()
  }

  /** Begins with a device as it leaves the factory. */
  startFresh(): void {
    this.#change({ fresh: true })
    this.#begin()
  }

  show({ now, began, isPlugged, pace, toPass, faults, phoneJoined }: WorldState): void {
    const clock = byId<HTMLTimeElement>('clock')
    write(clock, `${new Date(began + now).toISOString().slice(0, 19).replace('T', ' ')} UTC`)
    byId('plug').setAttribute('aria-checked', String(isPlugged))
    const words =
      toPass > 0
        ? `${(toPass / HOUR).toFixed(1)} h to pass`
        : this.#isPaused
          ? 'time stands still'
          : phoneJoined
            ? '1 × for the phone'
            : pace !== undefined && pace < this.#scenario.speed * 0.8
              ? `${Math.round(pace)} × is what this computer can do`
              : ''
    write(byId('pace'), words)
    if (faults.join() === this.#faults.join()) return
    this.#faults = faults
    this.#change({ faults })
  }

  #start(): void {
    const meter = byId<HTMLSelectElement>('meter').value as MeterName
    this.#change({ meter, fresh: byId<HTMLInputElement>('fresh').checked })
    this.#begin()
  }

  #begin(): void {
    const { meter, fresh, speed } = this.#scenario
    byId<HTMLSelectElement>('meter').value = meter
    byId<HTMLInputElement>('fresh').checked = fresh
    for (const input of document.querySelectorAll<HTMLInputElement>('[name=speed]'))
      input.checked = Number(input.value) === speed
    const unix = Math.floor(Date.now() / 1000) * 1000
    this.#faults = this.#scenario.faults
    this.#options.onStart(this.#scenario, unix)
    this.#options.send({ do: 'start', scenario: this.#scenario, unix })
    this.#pace()
  }

  #pace(): void {
    byId('pause').setAttribute('aria-pressed', String(this.#isPaused))
    write(byId('pause'), this.#isPaused ? 'Go on' : 'Pause')
    this.#options.send({ do: 'pace', speed: this.#scenario.speed, isPaused: this.#isPaused || document.hidden })
  }

  #change(changes: Partial<Scenario>): void {
    this.#scenario = { ...this.#scenario, ...changes }
    const fragment = fragmentOf(this.#scenario)
    history.replaceState(null, '', fragment === '' ? location.pathname + location.search : `#${fragment}`)
  }

  async #copy(): Promise<void> {
    const url = new URL(location.href)
    url.hash = fragmentOf(this.#scenario)
    try {
      await navigator.clipboard.writeText(url.href)
      write(byId('link'), 'Copied')
    } catch {
      // Without the right to the clipboard the address bar has it.
      write(byId('link'), 'It is in the address bar')
    }
    setTimeout(() => write(byId('link'), 'Copy link'), 2_000)
  }
}
