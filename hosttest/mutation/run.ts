import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Stryker } from '@stryker-mutator/core'
import type { SuiteOptions } from './runner.js'

/** Files under modules/ and suites under hosttest/; a folder stands for its suites that are short enough. */
interface Part {
  readonly mutate: readonly string[]
  readonly suites: readonly string[]
}

/** What is mutated, and what has to notice. */
const PARTS: Readonly<Record<string, Part>> = {
  mqttcrypto: { mutate: ['mqttcrypto'], suites: ['mqttcrypto'] },
  valve: { mutate: ['control/valve'], suites: ['control/valve'] },
  control: {
    mutate: ['control/commands', 'control/receiver', 'control/texts', 'control/topic'],
    suites: ['control', 'control/valve/valve', 'control/cron/cron'],
  },
  kmp: { mutate: ['kmp/frame', 'kmp/parser', 'kmp/registers'], suites: ['kmp'] },
  en61107: { mutate: ['en61107/readout', 'en61107/standard-data'], suites: ['en61107'] },
  ble: { mutate: ['ble/vw1871', 'ble/record'], suites: ['ble/vw1871'] },
  wmbus: { mutate: ['wmbus'], suites: ['wmbus'] },
  uplink: { mutate: ['uplink/packet-guard'], suites: ['uplink/packet-guard', 'uplink/session'] },
  storage: { mutate: ['storage/settings', 'storage/slots'], suites: ['storage/settings', 'storage/slots'] },
  cron: { mutate: ['control/cron/job', 'control/cron/schedule'], suites: ['control/cron'] },
  app: { mutate: ['meters/polled', 'app/flags'], suites: ['meters/polled', 'app/flags', 'app/meters'] },
  portal: {
    mutate: ['portal/http-request', 'portal/form', 'portal/dns'],
    suites: ['portal/http-request', 'portal/form', 'portal/dns'],
  },
}

/** A million inputs, or years of schedules, for each mutant would take days. */
const TOO_LONG = /(fuzz|croner)\.test\.ts$/

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

function suitesOf(name: string): string[] {
  if (name.includes('/')) return [`hosttest/${name}.test.ts`]
  return readdirSync(`${ROOT}hosttest/${name}`)
    .filter((file) => file.endsWith('.test.ts') && !TOO_LONG.test(file))
    .map((file) => `hosttest/${name}/${file}`)
}

process.chdir(ROOT)
// Stryker's own processes load the runner too, and it is TypeScript.
process.env.NODE_OPTIONS = '--import tsx'
const scores: string[] = []
const asked = process.argv.slice(2)
for (const name of asked.length > 0 ? asked : Object.keys(PARTS)) {
  const part = PARTS[name.split('/')[0]!]
  if (part === undefined) throw new Error(`expected some of ${Object.keys(PARTS).join(', ')}, got ${name}`)
  const mutate = name.includes('/') ? [name] : part.mutate
  console.log(`== ${name}`)
  const options: SuiteOptions = { suites: part.suites.flatMap(suitesOf) }
  const mutants = await new Stryker({
    ...JSON.parse(readFileSync('stryker.config.json', 'utf8')),
    ...options,
    mutate: mutate.map((path) => (path.includes('/') ? `modules/${path}.ts` : `modules/${path}/*.ts`)),
    jsonReporter: { fileName: `build/mutation/${name.replace('/', '-')}.json` },
  }).runMutationTest()
  const noticed = mutants.filter(({ status }) => status === 'Killed' || status === 'Timeout').length
  scores.push(`${name}: ${noticed} of ${mutants.length}, ${((100 * noticed) / mutants.length).toFixed(1)} %`)
}
console.log(scores.join('\n'))
