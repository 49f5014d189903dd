import { Envelope } from '../../../modules/mqttcrypto/envelope.js'
import { measure } from './figures.js'
import { nativeCrypto } from './native-crypto.js'

const TEXT =
  'heap=21376&t1=23.61 C&t2=22.19 C&tdif=1.42 K&flow1=0 l/h&effect1=0.0 kW&hr=73327 h&v1=1321.27 m3&e1=56.726 MWh&'
const envelope = new Envelope(nativeCrypto, new Uint8Array(16))

void measure('seal', () => {
  envelope.seal('/sample/v2/6892850/1700000000', TEXT)
})
