import { Command } from 'commander'
import { toHex } from '../modules/codec/hex.js'
import { decodeSerial } from '../modules/kmp/client.js'
import { GET_REGISTER, GET_SERIAL_NO, GET_TYPE, START_FROM_METER } from '../modules/kmp/constants.js'
import { decodeFrame } from '../modules/kmp/frame.js'
import { decodeRegisters, registerText, unitText } from '../modules/kmp/registers.js'
import { NegativeResult } from './errors.js'
import { registerName } from './kmp-register-names.js'
import { parseHex, readStandardInput } from './options.js'
import { print } from './print.js'

export function kmpCommand(): Command {
  return new Command('kmp').description('Kamstrup Meter Protocol').addCommand(
    new Command('decode')
      .description('decode one frame, start and stop byte included; prints JSON')
      .argument('[hex]', 'wire bytes as hex; else standard input')
      .action(async (hex: string | undefined) => {
        const decoded = describe(parseHex(hex ?? (await readStandardInput()), 'frame'))
        print(JSON.stringify(decoded))
        if (decoded.result !== 'ok') throw new NegativeResult(String(decoded.result))
      }),
  )
}

/** A frame as JSON. `result` is `ok` or says what is wrong. */
export function describe(wire: Uint8Array): { readonly result: string; readonly [name: string]: unknown } {
  const frame = decodeFrame(wire)
  if (!frame.ok) return { result: frame.error, registers: [] }
  const { cid, data } = frame.value
  const head = { result: 'ok', cid }
  if (wire[0] !== START_FROM_METER) return { ...head, data: toHex(data), registers: [] }
  if (cid === GET_SERIAL_NO) {
    const serial = decodeSerial(data)
    return serial.ok ? { ...head, serial: serial.value, registers: [] } : { result: serial.error, cid, registers: [] }
  }
  if (cid === GET_TYPE && data.length === 4)
    return { ...head, type: toHex(data, 0, 2), revision: revisionText(data[2]!, data[3]!), registers: [] }
  if (cid !== GET_REGISTER) return { ...head, data: toHex(data), registers: [] }
  const registers = decodeRegisters(data)
  if (!registers.ok) return { result: registers.error, cid, registers: [] }
  return {
    ...head,
    registers: registers.value.map((register) => ({
      id: register.id,
      name: registerName(register.id),
      value: registerText(register),
      unit: unitText(register.unit),
    })),
  }
}

/** Software revision of GetType: a letter and a number (5512-447, 6.2.1). */
function revisionText(letter: number, number: number): string {
  return `${String.fromCharCode(64 + letter)}${number}`
}
