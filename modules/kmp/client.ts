import { failure, type Result, success } from '../codec/result.js'
import type { Attempts, MeterLine } from '../meters/line.js'
import type { Meter, Quantities, QuantityName, Reading } from '../meters/meter.js'
import type { LineSettings } from '../ports/serial.js'
import { GET_REGISTER, GET_SERIAL_NO, HEAT_METER } from './constants.js'
import { type KmpFrame, registerRequest, simpleRequest } from './frame.js'
import { KmpParser } from './parser.js'
import { decodeRegisters, isPrintable, type Register, registerText, unitText } from './registers.js'

export const KMP_LINE: LineSettings = Object.freeze({ baud: 1200, stopBits: 2 })

/** The registers of a sample, in the order in which the request names them (5512-447, appendix). */
const SAMPLE_REGISTERS: ReadonlyMap<number, QuantityName> = new Map<number, QuantityName>([
  [60, 'e1'],
  [68, 'v1'],
  [1004, 'hr'],
  [86, 't1'],
  [87, 't2'],
  [89, 'tdif'],
  [74, 'flow1'],
  [80, 'effect1'],
])

/**
 * The meter begins to answer within 1.6 s (5512-447, 3.3). A serial number is 10 to 16 bytes, 8 registers are 78 and
 * seldom more than 100, at 9.2 ms each. A UART may report them only when all have come.
 */
const SERIAL_TIMEOUT = 1_800
const REGISTERS_TIMEOUT = 2_800

/** This is longer than one character, and well inside the 1.6 s that the meter stays awake after a reply (5512-447, 3.3). */
const PAUSE_AFTER_REPLY = 20

/** The meter discards what arrives while it is busy with a request that it could not answer. */
const PAUSE_AFTER_FAILURE = 1600

const AT_FIRST: Attempts = Object.freeze({ times: 3, pause: 0, pauseAfterFailure: PAUSE_AFTER_FAILURE })
const AFTER_REPLY: Attempts = Object.freeze({ ...AT_FIRST, pause: PAUSE_AFTER_REPLY })

/** A MULTICAL 601 or one of its successors, asked over KMP. */
export class KmpMeter implements Meter {
  #line: MeterLine
  #parser = new KmpParser()
  #serialRequest = simpleRequest(GET_SERIAL_NO)
  #sampleRequest = registerRequest([...SAMPLE_REGISTERS.keys()])

  constructor(line: MeterLine) {
    this.#line = line
  }

  async read(): Promise<Result<Reading>> {
    const turn = this.#line.begin()
    if (turn !== undefined) await turn
    try {
      this.#line.configure(KMP_LINE)
      const serial = await this.#line.attempt('serial number', AT_FIRST, () =>
        this.#exchange(this.#serialRequest, GET_SERIAL_NO, SERIAL_TIMEOUT, decodeSerial),
      )
      if (!serial.ok) return serial
      const registers = await this.#line.attempt('registers', AFTER_REPLY, () =>
        this.#exchange(this.#sampleRequest, GET_REGISTER, REGISTERS_TIMEOUT, decodeSample),
      )
      if (!registers.ok) return registers
      return success({ serial: serial.value, quantities: quantities(registers.value) })
    } finally {
      this.#line.end()
    }
  }

  close(): void {
    this.#line.close()
  }

  #exchange<T>(
    request: Uint8Array,
    cid: number,
    timeout: number,
    decode: (data: Uint8Array) => Result<T>,
  ): Promise<Result<T>> {
    let answer: Result<T> | undefined
    this.#parser.reset()
    const onFrame = (frame: Result<KmpFrame>) => {
      if (answer?.ok) return
      const reply = frame.ok ? checkAddress(frame.value, cid) : frame
      answer = reply.ok ? decode(reply.value.data) : reply
    }
    return this.#line.exchange(request, timeout, (bytes) => {
      this.#parser.push(bytes, onFrame)
      return answer
    })
  }
}

function checkAddress(frame: KmpFrame, cid: number): Result<KmpFrame> {
  if (frame.destination !== HEAT_METER)
    return failure(`address: expected ${HEAT_METER.toString(16)}, got ${frame.destination.toString(16)}`)
  if (frame.cid !== cid) return failure(`command: expected ${cid.toString(16)}, got ${frame.cid.toString(16)}`)
  return success(frame)
}

/** GetSerialNo reply: u32 (5512-447, 6.2.2). */
export function decodeSerial(data: Uint8Array): Result<string> {
  if (data.length !== 4) return failure(`expected 4 bytes, got ${data.length}`)
  const serial = new DataView(data.buffer, data.byteOffset, 4).getUint32(0)
  return serial === 0 ? failure('expected a number, got 0') : success(String(serial))
}

function decodeSample(data: Uint8Array): Result<Register[]> {
  const registers = decodeRegisters(data)
  if (registers.ok && registers.value.length === 0) return failure('expected registers, got none')
  return registers
}

function quantities(registers: readonly Register[]): Reading['quantities'] {
  const result: Quantities = {}
  for (const register of registers) {
    const name = SAMPLE_REGISTERS.get(register.id)
    if (name !== undefined && isPrintable(register))
      result[name] = { value: registerText(register), unit: unitText(register.unit) }
  }
  return result
}
