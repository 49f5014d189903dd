import type { Compact } from '../../decoders/solver/compact.js'
import { fromHex } from '../../modules/codec/hex.js'

/** Compact telegrams that their owners published, decrypted, without the numbers of the meters. */
export const PUBLIC_TELEGRAMS: readonly {
  readonly signature: string
  /** Where they were published, and what sent them. */
  readonly source: string
  readonly type: number
  /** Signature, checksum of the data, data. */
  readonly compacts: readonly string[]
  /** The header that explains them. */
  readonly header: string
  /** Whether the solver finds it within some seconds. */
  readonly isQuick: boolean
}[] = [
  {
    signature: 'D7C4',
    source: 'wmbusmeters 775, MULTICAL 601',
    type: 0x0c,
    compacts: ['C4D751579A100300E10E0600BF5C030072100900000019000000FE1B2609'],
    header: '040604FF0704FF08041402FD17043B0259025D',
    isQuick: true,
  },
  {
    signature: '47EB',
    source: 'wmbusmeters 696, MULTICAL 403',
    type: 0x04,
    compacts: ['EB470F0F048C01005D810200752A010052850100D8670300B21B2C0E50000000200000004900000000000000'],
    header: '040604FF0704FF08440604140259025D043B042D542D04FF22',
    isQuick: false,
  },
  {
    signature: 'DD07',
    source: 'wmbusmeters 1329, flowIQ 2200',
    type: 0x16,
    compacts: ['07DD04A0710075000000750000000137'],
    header: '02FF2004134413426C',
    isQuick: true,
  },
]

/** Signature and checksum of the data, both with the lower byte first, and the data. */
export function compactIn(hex: string): Compact {
  const bytes = fromHex(hex)!
  return {
    signature: bytes[0]! | (bytes[1]! << 8),
    dataCrc: bytes[2]! | (bytes[3]! << 8),
    data: bytes.slice(4),
  }
}
