import { formatASize } from '../modules/wmbus/any-frame.js'
import { bytesOfRun, hexBytes, type LineTelegram, ofBytes, ofHci, ofRtl433 } from './heard-bytes.js'
import { isPlausible } from './plausible.js'

/** `MODE;CRC_OK;3OUTOF6OK;TIMESTAMP;PACKET_RSSI;CURRENT_RSSI;IDENT;0xFRAME`, behind the algorithm's name if asked for. */
const RTL_WMBUS = /(?:^|[\s:"'])(?:[a-z0-9_]+;)?[TCS]1;([01]);[01];([^;]*);(-?\d*);[^;]*;[^;]*;\s*0x/i
const RTL_WMBUS_FRAME = /;0x([0-9a-f]+)/gi
/** culfw: `Y` is mode C of format B, `X` and `Z` are mode C of format A, nothing is mode T. */
const CUL = /(?:^|[\s:"'])b([XYZ]?)([0-9A-Fa-f]{22,})$/
/** The same inside a line of a log. */
const CUL_LOGGED = /[\s:"'/]b([XYZ])([0-9A-Fa-f]{22,})(?![0-9A-Za-z])/
/** wmbusmeters passes over every `|`. */
const SIMULATION = /telegram=([0-9A-Fa-f_|]+)/
// biome-ignore lint/suspicious/noControlCharactersInRegex: a terminal's colours begin with it
const COLOURS = /\x1b\[[0-9;]*m/g
const COMPACT_RUN = /(?:^|[^0-9A-Za-z]|0[xX])([0-9A-Fa-f][0-9A-Fa-f_]{20,})(?![0-9A-Za-z])/g
const SPACED_RUN =
  /(?:^|[^0-9A-Za-z]|0[xX])((?:[0-9A-Fa-f]{2}[ ,:-]{1,2}(?:0[xX])?){10,}[0-9A-Fa-f]{2})(?![0-9A-Za-z])/g
const RSSI = /rssi[:=\s]{0,3}(-?\d{1,3}(?:\.\d+)?)\s*dBm/i
/** Words of a log before a frame that need not be whole. */
const NAMED = /frame|telegram|wmbus/i
/** Bits of the radio, three of six not decoded. */
const RAW = /\[RAW\]/
const WITHOUT_CHECKSUMS = /without CRC|\bT ?:/
const RTL_433 = /Wireless-MBus|^\s*data\s*:/i

/** The telegrams in a line that is neither bare hexadecimal nor JSON. */
export function telegramsInText(line: string): LineTelegram[] {
  const text = line.includes('\x1b') ? line.replace(COLOURS, '') : line
  const simulated = SIMULATION.exec(text)
  if (simulated !== null) return ofBytes(bytesOfRun(simulated[1]!), { isChecked: true })
  const heard = RTL_WMBUS.exec(text)
  if (heard !== null) return ofRtlWmbus(heard, text)
  const cul = CUL.exec(text) ?? CUL_LOGGED.exec(text)
  if (cul !== null) return ofCul(cul[1]!, cul[2]!)
  const bytes = hexBytes(text)
  return bytes === undefined ? ofText(text) : ofBytes(bytes)
}

/** A line of a CUL begins with `b`, which is a digit too. */
export function isCul(text: string): boolean {
  return text[0] === 'b' && text.slice(3, 5) === '44' && text.slice(2, 4) !== '44'
}

function ofRtlWmbus([, isChecked, time, rssi]: RegExpExecArray, text: string): LineTelegram[] {
  // A frame that failed its checksums may be anybody's.
  if (isChecked !== '1') return []
  const facts = { time, rssi: rssi === '' ? undefined : Number(rssi), isChecked: true }
  return [...text.matchAll(RTL_WMBUS_FRAME)].flatMap(([, hex]) => ofBytes(bytesOfRun(hex!), facts))
}

/** A frame with its checksums; LQI and RSSI may be behind it. */
function ofCul(format: string, hex: string): LineTelegram[] {
  const bytes = bytesOfRun(hex)
  const size = format === 'Y' ? bytes[0]! + 1 : formatASize(bytes[0]! + 1)
  const rssi = bytes[size + 1]
  return [
    {
      bytes: bytes.subarray(0, size),
      rssi: rssi === undefined ? undefined : (rssi < 128 ? rssi : rssi - 256) / 2 - 74,
    },
  ]
}

/** The first run of digits in a text that can be a telegram. */
function ofText(text: string): LineTelegram[] {
  if (RAW.test(text)) return []
  const mayBeCut = NAMED.test(text)
  for (const runs of [COMPACT_RUN, SPACED_RUN]) {
    for (const [, hex] of text.matchAll(runs)) {
      const bytes = bytesOfRun(hex!)
      const heard = ofHci(bytes)
      if (heard !== undefined) return [heard]
      if (!isPlausible(bytes, mayBeCut)) continue
      const rssi = RSSI.exec(text)?.[1]
      const facts = { rssi: rssi === undefined ? undefined : Number(rssi), isChecked: WITHOUT_CHECKSUMS.test(text) }
      return [RTL_433.test(text) ? { ...facts, ...ofRtl433(bytes) } : { bytes, ...facts }]
    }
  }
  return []
}
