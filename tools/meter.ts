import type { Readable, Writable } from 'node:stream'
import { Command } from 'commander'
import type { Clock } from '../modules/ports/clock.js'
import type { LineSettings } from '../modules/ports/serial.js'
import { RealClock } from '../twin/clock.js'
import { characterTime, type LineMeter, type MeterEnd } from '../twin/line.js'
import { SimulatedMultical } from '../twin/multical.js'
import { parseSerial } from './options.js'

export function meterCommand(): Command {
  return new Command('meter')
    .option('--serial <n>', 'the number of the meter', parseSerial, '6892850')
    .action(async ({ serial }: { serial: string }) => {
      const clock = new RealClock()
      const line = new StreamLine(process.stdout, clock)
      new SimulatedMultical(line, clock, Number(serial))
      await line.listen(process.stdin)
    })
}

/** A line to another program. It passes on a byte of the meter when its last bit would have arrived. */
class StreamLine implements MeterEnd {
  #out: Writable
  #clock: Clock
  #meter: LineMeter | undefined

  constructor(out: Writable, clock: Clock) {
    this.#out = out
    this.#clock = clock
  }

  attach(meter: LineMeter): void {
    this.#meter = meter
  }

  send(bytes: Uint8Array, delay: number, settings: LineSettings): void {
    this.#clock.set(() => this.#out.write(bytes), delay + bytes.length * characterTime(settings))
  }

  /** Resolves when the other program has ended. */
  async listen(input: Readable): Promise<void> {
    for await (const bytes of input) this.#meter?.onBytes(bytes)
  }
}
