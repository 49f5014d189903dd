import type { FAULTS } from '../../twin/faults.js'

export type FaultName = keyof typeof FAULTS

export interface FaultWords {
  /** What breaks. */
  readonly what: string
  /** What the firmware does about it. */
  readonly does: string
  /** ms of device time after which a fault that is a moment ends by itself. */
  readonly length?: number
}

const MOMENT = 10_000

/** Every fault of the twin in words; each kind of `docs/faults.md` and those beside the network. */
export const FAULT_WORDS: Readonly<Record<FaultName, FaultWords>> = Object.freeze({
  'line silent': {
    what: 'Nothing that the meter sends arrives: the optical head has come off.',
    does: 'It waits 2 s for an answer, asks again, and gives up until the next minute. That minute has no sample: it never makes up a reading. The set-up page of the meter tells the error.',
  },
  'line noisy': {
    what: 'One byte in a hundred between meter and board has a bit flipped.',
    does: 'A checksum protects every answer. It refuses what is damaged and asks again, so that no wrong digit becomes a sample.',
  },
  'line with echo': {
    what: 'The optical head hears its own light: the board receives what it sends.',
    does: 'It knows its own request and skips it. No sample is lost.',
  },
  'access point gone': {
    what: 'The Wi-Fi router has lost its power.',
    does: 'It looks for the network every 5 s at the latest. Samples wait in flash meanwhile and go out afterwards, the oldest first, with their own times.',
  },
  'weak signal': {
    what: 'The network goes and comes back every few seconds.',
    does: 'It joins anew each time. A message that was under way is finished under its old id: it arrives once.',
  },
  'DHCP silent': {
    what: 'The router gives out no addresses.',
    does: 'It waits 12 s for an address, leaves the network and begins anew.',
  },
  'another Wi-Fi password': {
    what: 'Somebody has changed the password at the router.',
    does: 'The router refuses it. It keeps trying, also with the network before and the fallback, and never opens the set-up pages by itself to passers-by after it has worked.',
  },
  'time servers silent': {
    what: 'No time server answers.',
    does: 'A clock that is set runs on. After power-on nothing is published before the time is known: samples wait and get their right time later.',
  },
  'concentrator away': {
    what: 'The radio concentrator is out of reach.',
    does: 'It searches for 10 s of each minute, so that Wi-Fi keeps the radio for the rest. Telegrams that the concentrator has kept come in afterwards, with their own age.',
  },
  'concentrator silent': {
    what: 'The concentrator stays connected and sends nothing.',
    does: 'It counts that as a fault of the link, connects anew, and restarts its own radio after three such links in a row.',
  },
  'concentrator without power': {
    what: 'The concentrator loses its power and starts again. A moment.',
    does: 'It notices the lost link after 4 s, searches, and connects. The concentrator has a new clock then, which it learns again.',
    length: MOMENT,
  },
  'bit errors': {
    what: 'One byte in two thousand of the Bluetooth stream is damaged.',
    does: 'It finds the next whole record by its frame, and each telegram has checksums of its own. What is damaged is dropped.',
  },
  'link lost': {
    what: 'The Bluetooth link breaks. A moment.',
    does: 'It connects again at once. The concentrator sends what it has kept.',
    length: MOMENT,
  },
  'connecting hangs': {
    what: 'A Bluetooth connection that the board asks for never comes.',
    does: 'It gives up after a deadline and tries again; after three failures in a row it restarts its radio.',
  },
  'DNS dead': {
    what: 'The broker’s name is not resolved, and the connection breaks.',
    does: 'It asks again every few seconds. After 75 s without the broker it asks for a new address, too.',
  },
  'broker refuses': {
    what: 'The broker takes no connections.',
    does: 'It calls again, at the latest every 8 s. Samples wait in flash, weeks of them.',
  },
  'broker silent': {
    what: 'The broker takes connections and says nothing.',
    does: 'It waits 6 s for the answer to CONNECT and calls again. The remedies follow: a new session after 60 s, another address after 75 s, another network after 90 s, the radio off and on after 120 s.',
  },
  'broker half-open': {
    what: 'The network swallows every packet and tells nobody.',
    does: 'It notices after 7 s when a message is under way, else by a ping after at most 37 s, and connects anew.',
  },
  'broker forgets': {
    what: 'The broker has restarted and lost its sessions.',
    does: 'It sees in CONNACK that the session is new, subscribes again, and repeats what was not acknowledged.',
  },
  'connections break': {
    what: 'Every connection breaks after a few packets.',
    does: 'QoS 2: each message is delivered once, over as many connections as that takes.',
  },
  'access point gone, new credentials for one that is not there': {
    what: 'The operator announces a new router that never comes, and the old one goes.',
    does: 'It keeps the credentials before the new ones until the new ones have reached the broker. When the old router is back, it is back, too.',
  },
  'router exchanged for the one that was announced': {
    what: 'The operator announces a new router; 20 s later the old one goes. The new one comes when you end this.',
    does: 'It joins the new router as soon as that is there, and then forgets the old one.',
  },
  'wrong password after a change at the router': {
    what: 'The operator sends a password with a typo. Then the router gets another one.',
    does: 'It tries the new one, is refused, and goes back to the old one by itself. After the change at the router neither works: it tries on.',
  },
  'power cut': {
    what: 'The power goes for 10 s. A moment.',
    does: 'What was not written is lost; every sample that was taken is in flash. It starts, learns the time and goes on where it was.',
    length: MOMENT,
  },
  'power flickers': {
    what: 'The power goes again and again, for a second each time.',
    does: 'Settings are in two slots and the journal is written so that any byte may be the last one. It starts as often as it must.',
  },
  'power cut in a write': {
    what: 'The power goes in the middle of the next write to flash. A moment.',
    does: 'What was torn is found by its checksum; the record before counts. No sample is lost or doubled.',
    length: 120_000,
  },
} satisfies Record<FaultName, FaultWords>)
