/** Shorter than the test's own limit, so that the error shows the lines that did come. */
const SAFETY_NET = 300_000

/** Collects the lines of a stream. */
export class Lines {
  readonly all: string[] = []
  #waiting = new Set<() => void>()
  #rest = ''
  #ended = false

  constructor(stream: NodeJS.ReadableStream) {
    stream.setEncoding('utf8').on('data', (data: string) => {
      const parts = (this.#rest + data).split('\n')
      this.#rest = parts.pop()!
      this.all.push(...parts)
      for (const check of this.#waiting) check()
    })
    stream.on('close', () => {
      this.#ended = true
      if (this.#rest !== '') this.all.push(this.#rest)
      for (const check of this.#waiting) check()
    })
  }

  /** Resolves with the first line that matches, past or to come. Rejects when the stream ends without one. */
  async find(pattern: RegExp): Promise<string> {
    return (await this.findAll(pattern, 1))[0]!
  }

  /** Resolves with the first `count` lines that match. */
  findAll(pattern: RegExp, count: number): Promise<string[]> {
    return new Promise((resolve, reject) => {
      const settle = (action: () => void) => {
        clearTimeout(timer)
        this.#waiting.delete(check)
        action()
      }
      const fail = (why: string) =>
        settle(() => reject(new Error(`${why}, no line ${pattern}:\n${this.all.join('\n')}`)))
      const check = () => {
        const lines = this.all.filter((text) => pattern.test(text))
        if (lines.length >= count) settle(() => resolve(lines.slice(0, count)))
        else if (this.#ended) fail('the program has ended')
      }
      const timer = setTimeout(() => fail(`in ${SAFETY_NET / 1000} s`), SAFETY_NET)
      this.#waiting.add(check)
      check()
    })
  }
}
