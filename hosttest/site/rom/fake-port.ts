import type { SimulatedBoard } from './board.js'

interface Lines {
  dataTerminalReady: boolean
  requestToSend: boolean
}

/** What of `SerialPort` the page uses, with a simulated board behind it. */
export class FakePort extends EventTarget {
  readonly board: SimulatedBoard
  /** The error with which it does not open; undefined where it does. */
  refusal: DOMException | undefined
  readable: ReadableStream<Uint8Array> | null = null
  writable: WritableStream<Uint8Array> | null = null
  #output: ReadableStreamDefaultController<Uint8Array> | undefined
  #input: WritableStreamDefaultController | undefined
  #lines: Lines = { dataTerminalReady: false, requestToSend: false }
  #isOut = false

  constructor(board: SimulatedBoard) {
    super()
    this.board = board
  }

  /** As what the page takes it for. */
  get asPort(): SerialPort {
    return this as unknown as SerialPort
  }

  async open({ baudRate }: { readonly baudRate: number }): Promise<void> {
    if (this.refusal !== undefined) throw this.refusal
    if (this.#isOut) throw lost()
    if (this.readable !== null) throw new DOMException('The port is already open.', 'InvalidStateError')
    this.#openOutput()
    this.writable = new WritableStream({
      start: (controller) => {
        this.#input = controller
      },
      write: (bytes) => this.board.receive(bytes, baudRate),
    })
    this.board.onBytes = (bytes, speed) => {
      if (speed === baudRate) this.#output?.enqueue(bytes)
    }
  }

  async close(): Promise<void> {
    if (this.readable === null) throw new DOMException('The port is already closed.', 'InvalidStateError')
    await this.readable.cancel()
    await this.writable!.abort()
    this.#detach()
  }

  async setSignals(lines: Partial<Lines>): Promise<void> {
    if (this.readable === null)
      throw this.#isOut ? lost() : new DOMException('The port is closed.', 'InvalidStateError')
    for (const [name, isOn] of Object.entries(lines)) if (isOn !== undefined) this.#lines[name as keyof Lines] = isOn
    this.board.setLines(this.#lines.dataTerminalReady, this.#lines.requestToSend)
  }

  getInfo(): SerialPortInfo {
    return { usbVendorId: 0x10c4, usbProductId: 0xea60 }
  }

  /** The cable comes out. The board has its power from it. */
  unplug(): void {
    this.#isOut = true
    this.board.loader = undefined
    this.#output?.error(lost())
    this.#input?.error(lost())
    this.#detach()
    this.dispatchEvent(new Event('disconnect'))
  }

  /** Noise on the line ends the stream, and another one begins. */
  disturb(): void {
    this.#output?.error(new DOMException('A break was received.', 'BreakError'))
    this.#openOutput()
  }

  #openOutput(): void {
    this.readable = new ReadableStream({
      start: (controller) => {
        this.#output = controller
      },
    })
  }

  #detach(): void {
    this.readable = null
    this.writable = null
    this.#output = undefined
    this.board.onBytes = () => {}
  }
}

function lost(): DOMException {
  return new DOMException('The device has been lost.', 'NetworkError')
}
