import type { Hardware, Part } from './hardware.js'

/** The chip's clocks, as the SDK's module `time` asks for them. */
export class Time implements Part {
  readonly operations
  /** How often the firmware has set the clock. */
  sets = 0
  /** Milliseconds that FreeRTOS has counted before the first boot, for a test that does not want to wait for a wrap. */
  ticksAtBoot = 0
  #zone = 0
  #dst = 0

  constructor(hardware: Hardware) {
    this.operations = {
      'time.ticks': () => (this.ticksAtBoot + hardware.taskTime - hardware.bootedAt) | 0,
      // settimeofday: FreeRTOS' ticks go on, and so does the time over each reset but that of power.
      'time.set': (seconds: number) => {
        this.sets++
        hardware.rtcOffset = seconds * 1000 - hardware.clock.now()
        setUnix(seconds * 1000)
      },
      'time.zone': () => this.#zone,
      'time.setZone': (seconds: number) => {
        this.#zone = seconds
      },
      'time.dst': () => this.#dst,
      'time.setDst': (seconds: number) => {
        this.#dst = seconds
      },
    }
  }

  reset(): void {
    this.#zone = 0
    this.#dst = 0
  }
}
