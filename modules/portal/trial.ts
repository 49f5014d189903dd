import type { PortalDevice, SetUpForm, TrialState } from './device.js'

/** A trial of what somebody has entered. */
export class Trial {
  /** Tells it from the trials before, which somebody else may have begun. */
  readonly id: number
  #device: PortalDevice
  #form: SetUpForm
  #state: TrialState = 'joining'
  #reason: string | undefined

  constructor(device: PortalDevice, id: number, form: SetUpForm) {
    this.#device = device
    this.id = id
    this.#form = form
    device.tryForm(form, (state, reason) => {
      this.#state = state
      this.#reason = reason
    })
  }

  get ssid(): string {
    return this.#form.ssid
  }

  get form(): SetUpForm {
    return this.#form
  }

  get state(): TrialState {
    return this.#state
  }

  get reason(): string | undefined {
    return this.#reason
  }

  get isRunning(): boolean {
    return this.#state === 'joining' || this.#state === 'addressing' || this.#state === 'calling'
  }

  /** Whether the network could not be joined, so that nothing is stored. */
  get isRefused(): boolean {
    return !this.isRunning && this.#state !== 'connected' && this.#state !== 'no-broker'
  }

  /** Stores what was entered although the trial failed. */
  keep(): void {
    this.#device.keepForm(this.#form)
  }
}
