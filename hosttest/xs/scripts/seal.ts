import { Envelope } from '../../../modules/mqttcrypto/envelope.js'
import type { CryptoPort } from '../../../modules/ports/crypto.js'
import { measure } from './figures.js'

const digest = new Uint8Array(32)

/** Native on the device; here it only returns what it would return. */
const nativeCrypto: CryptoPort = {
  aesCbcEncrypt: (_key, _iv, blocks) => blocks.slice(),
  aesCbcDecrypt: (_key, _iv, blocks) => blocks.slice(),
  sha256: () => digest.slice(),
  random: (length) => new Uint8Array(length),
}

const TEXT =
  'heap=21376&t1=23.61 C&t2=22.19 C&tdif=1.42 K&flow1=0 l/h&effect1=0.0 kW&hr=73327 h&v1=1321.27 m3&e1=56.726 MWh&'
const envelope = new Envelope(nativeCrypto, new Uint8Array(16))

void measure('seal', () => {
  envelope.seal('/sample/v2/6892850/1700000000', TEXT)
})
