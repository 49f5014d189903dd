import { PolledMeter, type PolledMeterOptions } from '../meters/polled.js'
import type { MeterCount, MeterSource } from '../meters/source.js'
import type { ImpulseMeter } from './meter.js'

export interface ImpulseSourceOptions extends PolledMeterOptions {
  readonly meter: ImpulseMeter
}

/** An impulse meter, asked once a minute whether there is something new. */
export class ImpulseSource extends PolledMeter implements MeterSource {
  readonly count: MeterCount
  #meter: ImpulseMeter

  constructor(options: ImpulseSourceOptions) {
    super(options)
    this.#meter = options.meter
    this.count = options.meter
  }

  get serial(): string {
    return this.#meter.serial
  }

  save(): void {
    this.#meter.save()
  }
}
