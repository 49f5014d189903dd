import { deepEqual, equal, ok } from 'node:assert/strict'
import { crc16 } from '../../modules/codec/crc16.js'
import { fromHex, toHex } from '../../modules/codec/hex.js'
import type { Result } from '../../modules/codec/result.js'
import { encodeUtf8 } from '../../modules/codec/utf8.js'
import { decodeSerial, KmpMeter } from '../../modules/kmp/client.js'
import { GET_REGISTER, HEAT_METER, START_TO_METER } from '../../modules/kmp/constants.js'
import { kmp } from '../../modules/kmp/driver.js'
import { decodeFrame, encodeFrame, type KmpFrame } from '../../modules/kmp/frame.js'
import { KmpParser } from '../../modules/kmp/parser.js'
import { decodeRegisters, registerText, unitText } from '../../modules/kmp/registers.js'
import { MeterLine } from '../../modules/meters/line.js'
import type { Reading } from '../../modules/meters/meter.js'
import { sampleText } from '../../modules/meters/sample-text.js'
import { testClock } from '../support/clock.js'
import { ScriptedSerial } from '../support/scripted-serial.js'
import { vectors } from '../support/vectors.js'

const entries = vectors('kmp')

/** Wire bytes between start and checksum of a frame that carries these bytes after the command. */
function stuffed(hex: string): string {
  return toHex(encodeFrame(START_TO_METER, 0, fromHex(hex)!)).slice(6, 6 + 2 * stuffedLength(hex))
}

function stuffedLength(hex: string): number {
  return fromHex(hex)!.reduce((length, byte) => length + ([0x80, 0x40, 0x0d, 0x06, 0x1b].includes(byte) ? 2 : 1), 0)
}

function framesOf(hex: string): Result<KmpFrame>[] {
  const frames: Result<KmpFrame>[] = []
  const bytes = fromHex(hex)!
  new KmpParser().push(bytes, (frame) => frames.push(frame))
  return frames
}

/** What a meter that answers so is read as; the serial number is always 6892850 when the registers are asked for. */
async function readWith(reply: string, isSerial: boolean): Promise<Result<Reading>> {
  const clock = testClock()
  const registers =
    '403f10003c0304430000dd9600442804420002041f03ec2e040000011e6f0056250442000009390057250442000008ab00592604420000008e004a2904000000000000501604410000000005cc0d'
  const serial = new ScriptedSerial(clock, (request) => [
    request === '803f0235e90d' ? (isSerial ? reply : '403f0200692d32cd5d0d') : isSerial ? registers : reply,
  ])
  let result: Result<Reading> | undefined
  void new KmpMeter(new MeterLine(serial, clock)).read().then((value) => {
    result = value
  })
  await clock.run(60_000, () => result !== undefined)
  ok(result !== undefined)
  return result
}

describe('the KMP vectors', () => {
  if (entries === undefined) {
    it.skip('the folder with the vectors is not here')
    return
  }
  for (const { name, request_hex, response_hex, expected } of entries) {
    it(name, async () => {
      if (expected.ascii !== undefined)
        equal(crc16(encodeUtf8(expected.ascii), 0, expected.ascii.length), Number(expected.crc))
      for (const [byte, pair] of Object.entries<string>(expected.pairs ?? {})) equal(stuffed(byte), pair)
      if (expected.unstuffed !== undefined) equal(stuffed(expected.unstuffed), expected.stuffed)
      if (expected.encoded !== undefined) {
        const registers = decodeRegisters(fromHex(`000000${expected.encoded}`)!)
        ok(registers.ok)
        equal(registerText(registers.value[0]!), expected.exact_decimal)
      }
      if (request_hex !== null) checkRequest(request_hex)
      if (response_hex !== null && expected.crc_ok !== undefined) checkReply(response_hex, expected)
      if (expected.sample_message !== undefined) await checkSample(response_hex, expected)
      if (expected.must !== undefined) await checkMust(request_hex, response_hex, expected)
      if (expected.reply === 'ACK') equal(framesOf(response_hex).length, 0)
    })
  }
})

/** A request decodes, and encodes to the same bytes. */
function checkRequest(hex: string): void {
  const request = decodeFrame(fromHex(hex)!)
  ok(request.ok, hex)
  const { cid, data, destination } = request.value
  equal(toHex(encodeFrame(START_TO_METER, cid, data, destination)), hex)
}

// biome-ignore lint/suspicious/noExplicitAny: the fields differ from entry to entry
function checkReply(hex: string, expected: any): void {
  const frame = framesOf(hex)[0]!
  equal(frame.ok, expected.crc_ok)
  if (!frame.ok) return
  const { destination, cid, data } = frame.value
  if (expected.payload_hex !== undefined)
    equal(toHex(Uint8Array.of(destination, cid)) + toHex(data), expected.payload_hex)
  if (expected.serial !== undefined) deepEqual(decodeSerial(data), { ok: true, value: String(expected.serial) })
  if (expected.meter_type !== undefined) equal((data[0]! << 8) | data[1]!, expected.meter_type)
  if (expected.sw_revision !== undefined) equal((data[2]! << 8) | data[3]!, expected.sw_revision)
  if (expected.registers === undefined) return
  equal(cid, GET_REGISTER)
  const registers = decodeRegisters(data)
  ok(registers.ok)
  equal(registers.value.length, expected.registers.length)
  registers.value.forEach((register, i) => {
    const wanted = expected.registers[i]
    equal(register.id, wanted.rid)
    equal(register.unit, wanted.unit)
    equal(unitText(register.unit), wanted.unit_string)
    equal(register.mantissa, wanted.mantissa)
    equal(registerText(register), expected.exact_decimal ?? exactText(wanted))
  })
}

/** The vectors have the original's text, NaN for what it could not print; the exact one follows from the fields. */
function exactText(wanted: { value_string: string; mantissa: number; si_ex: number }): string {
  if (wanted.value_string !== 'NaN') return wanted.value_string
  const exponent = wanted.si_ex & 0x3f
  const digits = String(wanted.mantissa)
  return wanted.si_ex & 0x40 ? `0.${digits.padStart(exponent, '0')}` : digits + '0'.repeat(exponent)
}

// biome-ignore lint/suspicious/noExplicitAny: the fields differ from entry to entry
async function checkSample(hex: string, expected: any): Promise<void> {
  const result = await readWith(hex, false)
  ok(result.ok)
  const heap = Number(/heap=(\d+)/.exec(expected.sample_message)![1])
  // A value that cannot be printed is left out, where the original sent NaN.
  const order = kmp.quantities.heat
  equal(sampleText(result.value!, heap, order), expected.sample_message.replace(/[a-z0-9]+=NaN [^&]*&/, ''))
}

// biome-ignore lint/suspicious/noExplicitAny: the fields differ from entry to entry
async function checkMust(request: string, hex: string, expected: any): Promise<void> {
  const result = await readWith(hex, request === '803f0235e90d' || request === '803a02ca1c0d')
  equal(result.ok, expected.serial !== undefined && !isForeign(hex), expected.must)
  if (result.ok) equal(result.value.serial, String(expected.serial))
}

function isForeign(hex: string): boolean {
  const frame = framesOf(hex)[0]
  return frame?.ok === true && frame.value.destination !== HEAT_METER
}
