import { fromHex } from '../../modules/codec/hex.js'
import { RecordCursor } from '../../modules/wmbus/record-cursor.js'
import type { Kind, Units } from './kinds.js'
import { templateOf } from './template.js'

/** Units of a meter and how many bits they cost. */
export interface Setting {
  readonly units: Units
  readonly bits: number
}

const ENERGY = ['06', '05', '04', '03', '07', '0E', '0F', '0D', '0C', 'FB00', 'FB01', 'FB08', 'FB09']
const VOLUME = ['13', '14', '15', '12', '16']
/** The weight of a unit that no known header has, where one has weight 1. */
const UNSEEN = 0.35
/** The subunits count in the unit of the main volume, or in another one. */
const SAME_BITS = 0.4
const OTHER_BITS = 4

/** The units that meters of these kinds can have, the likeliest first. */
export function settingsOf(kinds: readonly Kind[], known: readonly string[]): Setting[] {
  const has = (letter: RegExp) => kinds.some(({ template }) => letter.test(template))
  const energies = has(/j/i) ? weighed(ENERGY, 'j', known) : [{ unit: '06', bits: 0 }]
  const volumes = has(/v/i) ? weighed(VOLUME, 'v', known) : [{ unit: '13', bits: 0 }]
  const settings: Setting[] = []
  for (const energy of energies) {
    for (const volume of volumes) {
      for (const w of has(/w/i) ? VOLUME : [volume.unit]) {
        const bits = energy.bits + volume.bits + (w === volume.unit ? SAME_BITS : OTHER_BITS)
        settings.push({ units: { e: energy.unit, v: volume.unit, w }, bits })
      }
    }
  }
  return settings.sort((a, b) => a.bits - b.bits)
}

function weighed(units: readonly string[], letter: string, known: readonly string[]) {
  const weights = new Map(units.map((unit) => [unit, UNSEEN]))
  for (const hex of known) for (const unit of unitsIn(hex, letter)) weights.set(unit, (weights.get(unit) ?? UNSEEN) + 1)
  const sum = [...weights.values()].reduce((total, weight) => total + weight, 0)
  return [...weights].map(([unit, weight]) => ({ unit, bits: Math.log2(sum / weight) }))
}

/** The units that a header has in the place of a letter, each once. */
function unitsIn(hex: string, letter: string): Set<string> {
  const found = new Set<string>()
  const bytes = fromHex(hex)!
  const cursor = new RecordCursor(bytes, 0)
  while (cursor.value < bytes.length && cursor.nextHeader()) {
    const { template, unit } = templateOf(bytes.subarray(cursor.header, cursor.value))
    if (unit !== undefined && template.toLowerCase().includes(letter)) found.add(unit)
  }
  return found
}
