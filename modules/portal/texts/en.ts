import type { KeyState, TrialState } from '../device.js'

/** The words of the pages in English. */
export const EN = Object.freeze({
  code: 'en',
  /** The other language's own name. */
  other: 'Dansk',
  /** The sign before decimals. */
  decimal: '.',
  /** A decimal number, or one with its unit behind a blank, as it is written in this language. */
  number: (text: string) => text,
  pages: 'Pages',
  wifi: 'Wi-Fi',
  meter: 'Meter',
  water: 'Water meters',
  access: 'Password',

  joined: (ssid: string) => `The device is on the network ${ssid}.`,
  elsewhere: (network: string, ssid: string) =>
    `The device is on the network ${network}, and not on the stored network ${ssid}.`,
  notJoined: (ssid: string, status: string) => `The device is not on the network ${ssid}: ${status}.`,
  notSetUp: 'No network is set up yet. Choose one, and the device tries it at once.',
  noOwnKey: Object.freeze({
    example:
      'The key of this device is an example that everybody knows. It sends nothing and takes no commands until it is flashed with a key of its own.',
    missing:
      'This device has no key yet. It sends nothing and takes no commands until it has one. Enter it once, with the network.',
  }),
  masterKey: 'Key of this device',
  masterKeyHint: '32 hexadecimal digits, as your operator has it. It is stored and not shown again.',
  ownSerial: 'Serial number',
  ownSerialHint: 'Leave it empty for a meter that tells its own.',
  flashSettings: Object.freeze({
    refuses:
      'The flash refuses to store settings: it is full or worn. A change that was not stored is gone with the power; the device tries again.',
    spent: 'So much was changed of late that the flash is spared: the next change is taken in 5 minutes.',
  }),
  flashJournal: Object.freeze({
    full: 'The memory for readings is full: of the old ones that wait, one an hour is kept.',
    refuses: 'The flash takes no readings. They wait in the working memory and are gone with the power.',
  }),
  network: 'Network',
  looking: 'Looking for networks …',
  noneFound: 'No network was found.',
  lookAgain: 'Scan again',
  strength: Object.freeze(['weak', 'fair', 'good', 'strong']),
  open: 'open',
  notHeardNow: 'not found just now',
  otherNetwork: 'Another network',
  otherNetworkHint: 'The exact name of one that is not in the list. Blanks count, at its ends too.',
  password: 'Password',
  keepHint: (ssid: string) => `Leave it empty to keep the stored password of ${ssid}.`,
  showPassword: 'Show the password',
  broker: 'Broker',
  brokerHost: 'Name or address',
  brokerHint: 'The server that receives the readings. Leave it as it is unless your operator has named another one.',
  brokerPort: 'Port',
  brokerUser: 'User',
  brokerPassword: 'Password of the broker',
  brokerPasswordHint: 'Leave it empty to keep the stored password of this broker.',
  brokerCertificate: 'Fingerprint of its certificate',
  brokerCertificateHint:
    'SHA-256, 64 hex digits: the device then speaks TLS, usually on port 8883, and trusts this certificate alone.',
  brokerCertificateNone: 'Write "none" to do without TLS.',
  standardBroker: (host: string) => `Back to the standard broker, ${host}`,
  brokerBefore: (stored: string, used: string) => `${stored} has not answered, so the device uses ${used} as before.`,
  impulseMeter: 'Impulse meter',
  impulseSerial: 'Serial number',
  impulseUnits: (unit: string) => `Present reading in ${unit}`,
  impulseUnitsHint: (now: string) => `Counted up to now: ${now}. Leave it empty to keep that.`,
  impulsesPerUnit: (unit: string) => `Impulses per ${unit}`,
  connect: 'Connect',

  errorsTitle: 'Please correct the following',
  errors: Object.freeze({
    wrongMasterKey:
      'The key of this device has 32 hexadecimal digits, and is none of the examples that everybody knows.',
    wrongOwnSerial: 'The serial number has 1 to 12 digits.',
    noNetwork: 'Choose a network.',
    longNetwork: 'The name of a network has at most 32 bytes.',
    longPassword: 'A Wi-Fi password has at most 64 bytes.',
    shortPassword: 'A Wi-Fi password has at least 8 characters.',
    wrongBroker: 'A broker is a name or an address, such as mqtt.example.org or 192.168.1.2.',
    wrongPort: 'A port is a number from 1 to 65535; 1883 is usual.',
    longBrokerText: 'User and password of the broker have at most 64 bytes each.',
    wrongFingerprint: 'A fingerprint has 64 hexadecimal digits; "none" is no TLS.',
    needsBrokerPassword: 'With another certificate, or none, the broker’s password has to be typed again.',
    wrongSerial: 'A serial number has 1 to 12 letters, digits or the signs . _ -',
    wrongReading: 'A reading is a number such as 1234.567, with no sign between the thousands.',
    wrongPerUnit: 'Impulses are a whole number from 1 to 99999999.',
    wrongId: 'The number of a water meter has 8 digits.',
    wrongKey: 'A key has 32 hexadecimal digits.',
    wrongHeaders:
      'The list of headers is not right: each is a whole record header in hexadecimal digits, with a ? behind a guess and a comma before the next, and none is there twice.',
    tooMany: 'There is no room for another water meter.',
    builtIn: 'This meter came with the firmware; only another firmware can change it.',
    wrongPortalPassword: 'The password needs 8 to 63 characters: a to z, digits and signs, no æ, ø, å or é.',
  }),

  trying: (ssid: string) => `Trying ${ssid}`,
  tryingHint: 'This takes up to half a minute. Your phone may lose this page for a moment; it comes back by itself.',
  trial: Object.freeze({
    joining: 'Joining the network …',
    addressing: 'On the network. Waiting for an address …',
    calling: 'On the network, with an address. Calling the broker …',
    connected: 'Connected. The network is stored, and readings go to the broker.',
    'wrong-password': 'The network refused the password.',
    'not-found': 'The network was not found. It may be too far away, or on 5 GHz only.',
    'no-address': 'The network took the device in, but gave it no address.',
    'no-broker':
      'The network is fine and stored, but the broker has not answered yet. If it stays silent, the device goes back to the broker that answered before.',
    failed: 'The network could not be joined.',
  } satisfies Record<TrialState, string>),
  done: 'Connected',
  notDone: 'Not connected',
  leave: 'You can leave this network now; it closes by itself.',
  tryAgain: 'Try again',
  nothingStored: 'Nothing of the form is stored.',
  keepAnyway: (ssid: string) => `Save anyway, with ${ssid}`,

  serial: 'Serial number',
  unknown: 'not known yet',
  lastReading: 'Last reading',
  noReading: 'There is no reading yet.',
  ago: (time: string) => `${time} ago`,
  quantities: Object.freeze({
    program: 'Program number',
    t1: 'Flow temperature',
    t2: 'Return temperature',
    t3: 'Temperature 3',
    tdif: 'Difference',
    flow1: 'Flow',
    effect1: 'Power',
    hr: 'Hours',
    v1: 'Volume',
    e1: 'Energy',
  }),
  quantity: 'Quantity',
  value: 'Value',
  line: 'Line to the meter',
  lineGood: (good: string, all: string) => `${good} of ${all} readings succeeded.`,
  error: 'Error',
  times: 'Times',

  device: 'Device',
  up: 'connected',
  down: 'not connected',
  deaf: 'connected, but it refuses commands',
  version: 'Version',
  restart: 'Restart',
  restartHint: 'Nothing is lost. The set-up network closes, and opens again where the device finds no network.',
  restarting:
    'The device restarts, which takes half a minute, and this network closes. It opens again where the device finds no network, and whenever it is switched off and on.',
  reset: 'Factory reset',
  resetTitle: 'Reset to factory settings?',
  resetDeletes:
    'This deletes the networks, the broker, all passwords, the water meters with their keys, and the jobs of the operator. The set-up network gets its first password again.',
  resetKeeps:
    'These stay: the key and the serial number of the device, the valve and what it is open for, the count of an impulse meter, and the readings that wait for the broker.',
  resetNow: 'Reset and restart',
  notReset: 'The flash has not taken that, and nothing is reset. Try again in 5 minutes.',

  diagnosis: 'Diagnosis',
  diagnosisHint: 'For the telephone: read the numbers and lines to your operator. Nothing here is secret.',
  running: 'Running',
  runningFor: (time: string, start: string) => `for ${time}, since ${start}`,
  /** By `SystemPort.resetReason`, between bars. */
  starts: 'power-on|the hardware watchdog|a crash|the software watchdog|a restart|deep sleep|the reset button',
  signal: 'Signal',
  time: 'Time',
  sent: 'Sent since the start',
  flashOf: Object.freeze({ settings: 'Flash for settings', journal: 'Flash for readings' }),
  flashWords: Object.freeze({ works: 'works', refuses: 'refuses', spent: 'is spared', full: 'is full' }),
  memory: 'Free memory',
  refresh: 'Refresh',

  waterHint: 'FlowIQ meters that are read by radio. The key comes with the meter; it is stored and not shown again.',
  noWater: 'No water meter is set up.',
  waterId: 'Number of the meter',
  waterIdHint: '8 digits, printed on the meter.',
  key: 'Key',
  keyDigits: '32 hexadecimal digits.',
  headers: 'Headers that were found',
  headersHint:
    'For meters that do not say what they send, as "wmbus solve" prints them: hexadecimal digits, with a ? behind a guess, separated by commas.',
  keys: Object.freeze({
    'not heard': 'Not heard yet.',
    right: 'The key is right.',
    wrong: 'The key is wrong.',
    'not encrypted': 'Heard, but it does not encrypt, so nothing of it is believed.',
    'other mode': 'Heard, but it encrypts in a way that this firmware cannot read.',
    'unknown header': 'The key is right, but it is not known what the meter sends:',
    'header not confirmed':
      'The key is right, and the meter is read with a guess. Nothing of it is sent until the meter itself confirms the header, or you store it without the question mark:',
  } satisfies Record<KeyState, string>),
  doubts: Object.freeze({
    total:
      'Heard, but its total has jumped. The device waits until the meter confirms the new total, for a day at most.',
    clock: 'Heard, but its clock has started again. The device waits an hour before it believes that.',
  }),
  remove: 'Remove',
  removeTitle: (id: string) => `Remove the water meter ${id}?`,
  removeHint: 'It is not read any more, and its key is deleted.',
  cancel: 'Cancel',
  removed: (id: string) => `The water meter ${id} is removed.`,
  added: (id: string) => `The water meter ${id} is saved.`,
  saved: 'Saved.',
  add: 'Save the meter',

  accessTitle: 'Password of the set-up network',
  accessStandard:
    'The password is the standard one: the first half of the device’s key. Anyone who knows it knows half of the key, so a password of your own is safer.',
  accessRandom:
    'Until the device has its key, the password is random. It changes at each start, and the device prints it on its USB or serial connection.',
  accessBuild: 'The password is the one that the firmware was built with.',
  accessOwn: 'The set-up network has a password of its own.',
  newPassword: 'New password',
  newPasswordHint: '8 to 63 characters. It takes effect the next time the set-up network opens.',
  store: 'Save',
  standardAgain: 'Back to the standard password',

  update: 'Update',
  updateFetching: (version: string, percent: number) => `Version ${version} is on its way: ${percent} %.`,
  updateChecking: (version: string) => `Version ${version} is here and being checked.`,
  updateRestarting: (version: string) =>
    `The device restarts with version ${version}; this network closes. Unless that version reads the meter and reaches the broker within 6 minutes, the version before comes back.`,
  updateProbation: 'This version runs for the first time: it has to read the meter and to reach the broker.',
  updateFailed: 'The last update was not installed:',
  updateNeedsBroker:
    'The broker is not connected. A new version has to reach it, so the device takes none before the network is set up.',
  updateNeedsScript: 'Sending a file needs JavaScript.',
  updateFile: 'Signed file',
  updateHint: 'The file that your operator has signed for this device. Stay on this page for a few minutes.',
  updateSend: 'Send and install',

  refused: 'This form did not come from the device’s own page, so it was refused.',
  notFound: 'There is no such page.',
  back: 'To the set-up page',
})

/** The texts that every language has. */
export type Texts = {
  readonly [name in keyof typeof EN]: Widened<(typeof EN)[name]>
}

type Widened<T> = T extends string
  ? string
  : T extends (...args: infer Args) => string
    ? (...args: Args) => string
    : { readonly [name in keyof T]: Widened<T[name]> }
