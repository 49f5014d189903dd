import type { PortalDevice, TrialState } from './device.js'

/** A trial of the network that somebody has entered. */
export class Trial {
  readonly ssid: string
  #device: PortalDevice
  #password: string | undefined
  #state: TrialState = 'joining'
  #reason: string | undefined

  constructor(device: PortalDevice, ssid: string, password: string | undefined) {
    this.#device = device
    this.ssid = ssid
    this.#password = password
    device.tryNetwork(ssid, password, (state, reason) => {
      this.#state = state
      this.#reason = reason
    })
  }

  get state(): TrialState {
    return this.#state
  }

  get reason(): string | undefined {
    return this.#reason
  }

  get isRunning(): boolean {
    return this.#state === 'joining' || this.#state === 'calling'
  }

  /** Stores the network although the trial failed. */
  keep(): void {
    this.#device.keepNetwork(this.ssid, this.#password)
  }
}
