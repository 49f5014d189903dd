/** Counts what a fleet says. */
export class FleetSummary {
  #devices: number
  #samples = 0
  #others = 0
  #heard = new Set<string>()
  #last = { at: 0, samples: 0, cpu: 0 }

  constructor(devices: number) {
    this.#devices = devices
  }

  /** Takes a message. @returns the number of samples so far */
  count(isSample: boolean, serial: string): number {
    if (isSample) {
      this.#samples++
      this.#heard.add(serial)
    } else this.#others++
    return this.#samples
  }

  /** One line, of all so far and of the time since the last one. @param at ms */
  text(at: number, connected: number): string {
    const { user, system } = process.cpuUsage()
    const cpu = (user + system) / 1000
    const ms = at - this.#last.at
    const rate = ((this.#samples - this.#last.samples) * 1000) / ms
    const load = (100 * (cpu - this.#last.cpu)) / ms
    this.#last = { at, samples: this.#samples, cpu }
    const memory = process.memoryUsage.rss() / 1024 / 1024
    return [
      `${connected} of ${this.#devices} connected`,
      `${this.#heard.size} have sent`,
      `${this.#samples} samples (${rate.toFixed(1)} a second)`,
      `${this.#others} other messages`,
      `${memory.toFixed(0)} MB`,
      `${load.toFixed(0)} % of a processor`,
    ].join(', ')
  }
}
