import { existsSync, readdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Files and folders, without their endings, below `modules` and below `hosttest`. */
interface Part {
  readonly mutate: readonly string[]
  readonly suites: readonly string[]
}

/** What is mutated, by folder of `modules`, and the suites that must notice. */
export const PARTS: Readonly<Record<string, Part>> = {
  mqttcrypto: { mutate: ['mqttcrypto'], suites: ['mqttcrypto'] },
  'control/valve': { mutate: ['control/valve'], suites: ['control/valve'] },
  control: {
    mutate: ['control/commands', 'control/receiver', 'control/texts'],
    suites: [
      'control',
      'control/valve/valve',
      'control/cron/cron',
      'uplink/brokers',
      'app/orders',
      'app/radio-meter-commands',
    ],
  },
  'control/cron': { mutate: ['control/cron/job', 'control/cron/schedule'], suites: ['control/cron'] },
  kmp: { mutate: ['kmp/frame', 'kmp/parser', 'kmp/registers'], suites: ['kmp'] },
  en61107: { mutate: ['en61107/readout', 'en61107/standard-data'], suites: ['en61107'] },
  ble: { mutate: ['ble/vw1871', 'ble/record'], suites: ['ble/vw1871'] },
  wmbus: {
    mutate: ['wmbus'],
    suites: ['wmbus', 'radio/layers', 'radio/drivers', 'decoders/telegram-line', 'radio/radio-meter'],
  },
  uplink: { mutate: ['uplink/packet-guard'], suites: ['uplink/packet-guard', 'uplink/session'] },
  delivery: {
    mutate: ['delivery/delivery', 'delivery/outbox', 'delivery/packet-ids', 'delivery/topics'],
    suites: ['delivery/topics', 'delivery/outbox', 'delivery/delivery', 'delivery/journal/session', 'uplink/session'],
  },
  storage: {
    mutate: ['storage/settings', 'storage/settings-store', 'storage/slots'],
    suites: ['storage/settings', 'storage/slots', 'storage/write-budget'],
  },
  meters: { mutate: ['meters/polled', 'meters/steady-serial'], suites: ['meters', 'app/meters'] },
  impulse: { mutate: ['impulse'], suites: ['impulse', 'app/drivers', 'app/flags', 'app/meters'] },
  led: { mutate: ['led'], suites: ['led'] },
  radio: { mutate: ['radio/plausibility', 'radio/derived-flow', 'radio/radio-meter'], suites: ['radio'] },
  time: { mutate: ['time/kept-time', 'time/sntp', 'time/unix-time'], suites: ['time'] },
  tls: { mutate: ['tls'], suites: ['tls'] },
  update: {
    mutate: [
      'update/manifest',
      'update/range-reply',
      'update/refusal',
      'update/release',
      'update/record',
      'update/address',
    ],
    suites: [
      'update/address',
      'update/manifest',
      'update/range-reply',
      'update/record',
      'update/refusals',
      'update/release',
      'update/memory',
      'update/upload',
    ],
  },
  codec: { mutate: ['codec'], suites: ['codec', 'kmp', 'time/unix-time', 'mqttcrypto/envelope', 'wmbus/data-link'] },
  app: { mutate: ['app/flags'], suites: ['app/flags', 'app/meters'] },
  portal: {
    mutate: ['portal/http-request', 'portal/form', 'portal/dns'],
    suites: ['portal/http-request', 'portal/form', 'portal/dns'],
  },
}

/** The folders of `modules` that are not mutated, and why. */
export const NOT_MUTATED: Readonly<Record<string, string>> = {
  device: 'only the board rig runs it, which links an image for each mutant',
  ports: 'it holds types only',
}

/** These suites try a million inputs or games or years of schedules, which would take days for all mutants. */
const TOO_LONG = /(fuzz|croner|far-years|replay-game|without-key)\.test\.ts$/

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** Paths of the files of a part, and of the suites in it that are short enough; from the root of the repository. */
export function pathsOf({ mutate, suites }: Part): { readonly mutate: string[]; readonly suites: string[] } {
  return {
    mutate: mutate.flatMap((name) => files('modules', name, '.ts')),
    suites: suites.flatMap((name) => files('hosttest', name, '.test.ts')).filter((path) => !TOO_LONG.test(path)),
  }
}

/** One file, or the files of a folder. */
function files(folder: string, name: string, ending: string): string[] {
  const path = `${folder}/${name}`
  if (existsSync(`${ROOT}${path}${ending}`)) return [`${path}${ending}`]
  return readdirSync(`${ROOT}${path}`)
    .filter((file) => file.endsWith(ending))
    .map((file) => `${path}/${file}`)
}

/** The part of this name, or that file or folder in the part of a folder above it; undefined when there is none. */
export function partOf(name: string): Part | undefined {
  for (let folder = name; folder !== '.'; folder = dirname(folder)) {
    const part = PARTS[folder]
    if (part !== undefined) return folder === name ? part : { ...part, mutate: [name] }
  }
  return undefined
}
