/**
 * Logs what the SDK or the chip could not do, each fault once: one that stays must not fill the log of a device that runs
 * for years.
 */
export class Faults {
  #log: (text: string) => void
  #told = new Set<string>()

  constructor(log: (text: string) => void) {
    this.#log = log
  }

  /** @param what names the attempt; one of a fixed set of texts */
  report(what: string, error: unknown): void {
    if (this.#told.has(what)) return
    this.#told.add(what)
    this.#log(`fault: ${what}: ${error}`)
  }

  /** Whether a function of ESP-IDF has succeeded; reports it where not. */
  isOk(what: string, code: number): boolean {
    if (code !== 0) this.report(what, `error ${code}`)
    return code === 0
  }
}
