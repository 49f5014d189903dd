import type { Page } from 'playwright-core'
import type { SimulatedBoard } from './board.js'
import { FakePort } from './fake-port.js'

/** In the page: `navigator.serial` with one port, whose other end is here. */
const SCRIPT = `
  {
    const toHex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
    const fromHex = (text) => Uint8Array.from(text.match(/../g) ?? [], (digits) => parseInt(digits, 16))
    const failed = ([name, message]) => { throw new DOMException(message, name) }
    class Port extends EventTarget {
      readable = null
      writable = null
      async #call(what, value) {
        const error = await window.__port(what, value)
        if (error) failed(error)
      }
      async open({ baudRate }) {
        await this.#call('open', baudRate)
        this.readable = new ReadableStream({ start: (output) => { this.output = output } })
        this.writable = new WritableStream({
          start: (input) => { this.input = input },
          write: (bytes) => this.#call('write', toHex(bytes)),
        })
      }
      async close() {
        if (this.readable === null) failed(['InvalidStateError', 'The port is closed.'])
        await this.readable.cancel()
        await this.writable.abort()
        this.readable = this.writable = this.output = null
        await this.#call('close')
      }
      setSignals(signals) { return this.#call('signals', signals) }
      getInfo() { return { usbVendorId: 0x10c4, usbProductId: 0xea60 } }
      receive(text) { this.output?.enqueue(fromHex(text)) }
      lose() {
        const lost = new DOMException('The device has been lost.', 'NetworkError')
        this.output?.error(lost)
        this.input?.error(lost)
        this.readable = this.writable = this.output = null
        this.dispatchEvent(new Event('disconnect'))
      }
    }
    window.__page = new Port()
    const serial = {
      requestPort: async () => {
        const error = await window.__port('choose')
        if (error) failed(error)
        return window.__page
      },
    }
    Object.defineProperty(navigator, 'serial', { value: serial })
  }
`

/** The port of a page, with a simulated board behind it. */
export class PagePort {
  /** Whether somebody chooses it when the browser asks. */
  choose = true
  #page: Page
  #board: SimulatedBoard
  #port: FakePort
  #reader: ReadableStreamDefaultReader<Uint8Array> | undefined
  #writer: WritableStreamDefaultWriter<Uint8Array> | undefined

  constructor(page: Page, board: SimulatedBoard) {
    this.#page = page
    this.#board = board
    this.#port = new FakePort(board)
  }

  unplug(): void {
    this.#port.unplug()
    this.#writer?.closed.catch(() => {})
    this.#tell('lose')
  }

  plugIn(): void {
    this.#port = new FakePort(this.#board)
  }

  /** What the page's port does here. @returns name and message of an error; undefined for none */
  async call(what: string, value: unknown): Promise<readonly [string, string] | undefined> {
    try {
      await this.#do(what, value)
    } catch (error) {
      return [(error as Error).name, (error as Error).message]
    }
  }

  async #do(what: string, value: unknown): Promise<void> {
    if (what === 'choose') {
      if (!this.choose) throw new DOMException('No port selected by the user.', 'NotFoundError')
    } else if (what === 'open') {
      await this.#port.open({ baudRate: Number(value) })
      this.#reader = this.#port.readable!.getReader()
      void this.#forward(this.#reader)
      this.#writer = this.#port.writable!.getWriter()
    } else if (what === 'write') await this.#writer!.write(Buffer.from(String(value), 'hex'))
    else if (what === 'signals') await this.#port.setSignals(value as Parameters<FakePort['setSignals']>[0])
    else {
      await this.#reader!.cancel()
      this.#reader!.releaseLock()
      this.#writer!.releaseLock()
      await this.#port.close()
    }
  }

  async #forward(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
    try {
      for (;;) {
        const { value, done } = await reader.read()
        if (done) return
        this.#tell('receive', Buffer.from(value).toString('hex'))
      }
    } catch {
      // The cable is out.
    }
  }

  #tell(method: string, value = ''): void {
    // A page that is closed hears nothing.
    this.#page.evaluate(`window.__page.${method}('${value}')`).catch(() => {})
  }
}

/** Gives a page that is not open yet a serial port. */
export async function bridgePort(page: Page, board: SimulatedBoard): Promise<PagePort> {
  const port = new PagePort(page, board)
  await page.exposeFunction('__port', (what: string, value: unknown) => port.call(what, value))
  await page.addInitScript(SCRIPT)
  return port
}
