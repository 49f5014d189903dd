import type { MeterGroup } from '../../decoders/solver/vocabulary.js'
import { DRIVERS } from '../../modules/radio/detect.js'

/** The group of the meters that send a header of the built-in table. */
export function groupOfHeader(hex: string): MeterGroup {
  const driver = DRIVERS.find(({ headers }) => headers.some((header) => header.hex === hex))?.name
  if (driver === 'omnipower') return 'electricity'
  return driver === 'kamwater' || driver === 'multical62' ? 'water' : 'heat'
}
