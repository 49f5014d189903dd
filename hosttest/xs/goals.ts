/*
 * What the scripts measure, and what it may be at most. Bytes are chunks and slots at the peak, garbage of the turn included;
 * of the whole application without code, of a part beyond what was live before. A turn is one callback of a timer or of
 * the network with the promise jobs that follow from it, in meter units of XS.
 */

export interface Row {
  readonly name: string
  /** Of commit 52333a9, measured by the same scripts; it had no updates. */
  readonly before?: { readonly peak: number; readonly turn: number }
  /** Bytes at the peak, where that is bounded. */
  readonly peak?: number
  /** Bytes at the peak above that of the script's first row, where that is bounded. */
  readonly above?: number
}

export interface Script {
  readonly title: string
  /** In `scripts`. */
  readonly script: string
  readonly rows: readonly Row[]
}

/** Of every turn, whatever the board does. */
export const LONGEST_TURN = 100_000

const row = (name: string, peak: number, turn: number, goal?: number): Row =>
  goal === undefined ? { name, before: { peak, turn } } : { name, before: { peak, turn }, peak: goal }

export const SCRIPTS: readonly Script[] = [
  {
    title: 'The whole application, in a world that only answers',
    script: 'application-plain',
    rows: [
      row('from power-on to the first minute', 155_120, 151_160),
      row('idle', 26_532, 92),
      row('sampling', 42_756, 26_006, 48_000),
      row('a command, from packet to reply', 41_200, 156_718, 48_000),
      row('an hour without broker', 54_696, 13_366, 56_000),
      row('its delivery afterwards', 50_300, 15_755),
    ],
  },
  {
    title: 'The whole application and the simulated world around it',
    script: 'application-simulated',
    rows: [
      row('from power-on to the first minute', 159_508, 151_904),
      row('idle', 29_692, 92),
      row('sampling', 48_236, 26_575, 48_000),
      row('a command, from packet to reply', 46_368, 157_637, 48_000),
      row('an hour without broker', 62_224, 24_794, 56_000),
      row('its delivery afterwards', 73_664, 24_762),
    ],
  },
  {
    title: 'The same with a MULTICAL 66',
    script: 'application-66',
    rows: [
      row('from power-on to the first minute', 162_964, 147_889),
      row('idle', 29_792, 92),
      row('sampling', 59_244, 24_043),
      row('a command, from packet to reply', 50_324, 157_637),
      row('an hour without broker', 73_100, 12_870),
      row('its delivery afterwards', 87_356, 24_163),
    ],
  },
  {
    title: 'The whole application with a full journal',
    script: 'outage',
    rows: [
      row('from power-on to the first minute', 163_528, 1_909_252),
      row('an hour without broker', 63_220, 301_887, 56_000),
      row('ten minutes of delivery', 54_040, 84_611),
    ],
  },
  {
    title: 'The whole application: an update, native SHA-256 and ECDSA not included',
    script: 'update',
    rows: [
      { name: 'sampling', peak: 48_000 },
      { name: 'ten minutes of a server that sends headers for ever', above: 8_000 },
      { name: 'an update of 200 kB, fetched, checked and started', above: 8_000 },
    ],
  },
  {
    title: 'A page of the portal',
    script: 'portal',
    rows: [
      row('set-up', 52_512, 513_766, 12_000),
      row('set-up, for a browser that says much', 55_616, 628_840, 12_000),
      row('meter', 46_168, 490_127, 12_000),
      row('water', 43_104, 437_390, 12_000),
      { name: 'a form with headers', peak: 12_000 },
      { name: 'a form with wrong headers', peak: 12_000 },
      row('access', 36_204, 413_372, 12_000),
      { name: 'set-up, without a key', peak: 12_000 },
      { name: 'a form with a key', peak: 12_000 },
      { name: 'a form with errors, without a key', peak: 12_000 },
      { name: 'the longest form, without a key', peak: 12_000 },
      row('a form', 18_056, 39_757, 12_000),
      row('a form with errors', 55_516, 633_178, 12_000),
      row('the longest form', 54_608, 699_499, 12_000),
      row('a look for networks', 17_304, 40_475, 12_000),
      row('set-up, 24 networks', 56_588, 570_097, 12_000),
      { name: 'device', peak: 12_000 },
      { name: 'diagnosis', peak: 12_000 },
      { name: 'a piece of a file', peak: 12_000 },
    ],
  },
  {
    title: 'The journal on its own, 768 kB',
    script: 'journal',
    rows: [
      row('opened when empty', 3_664, 34_013),
      row('opened when full', 12_456, 397_973),
      row('first entry of a full one', 13_696, 1_931_465),
      row('a sample', 4_264, 21_969),
      row('samples that reclaim a sector', 18_844, 276_413),
      row('a delivery', 10_788, 13_538),
    ],
  },
  {
    title: 'The whole application: commands and jobs',
    script: 'chores',
    rows: [
      row('a command that writes settings', 13_948, 162_851),
      row('the clear of all jobs, and a job', 16_024, 84_279),
      row('a job every minute', 20_704, 142_619),
      row('a job every minute, and 15 of the rarest', 16_312, 15_884_837),
      // Before, 256 were remembered.
      row('a command after 64 others', 29_068, 971_248),
      row('power-on with 16 jobs and 64 commands', 203_184, 15_884_837),
      // 16 of the rarest jobs, 64 commands, 8 radio meters and 300 characters of headers.
      { name: 'a command that sets headers, with everything stored' },
      { name: 'power-on with everything stored' },
    ],
  },
  {
    title:
      'The whole application: the portal and a command, with the longest of everything stored and 64 commands that wait',
    script: 'stored-portal',
    rows: [
      { name: 'the eighth radio meter' },
      { name: 'another key of a radio meter' },
      { name: 'a radio meter less' },
      { name: 'a command that sets headers' },
      { name: 'a form with headers' },
      { name: 'a password of the portal' },
      { name: 'another broker, with its trial' },
    ],
  },
  {
    title: 'The whole application: telegrams of FlowIQ meters over BLE, the memory of AES in JavaScript included',
    script: 'radio',
    rows: [row('the backlog and a minute of 31 meters', 44_504, 72_994), row('a minute of 31 meters', 69_356, 58_926)],
  },
]
