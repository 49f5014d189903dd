import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Stryker } from '@stryker-mutator/core'
import { PARTS, partOf, pathsOf } from './parts.js'
import type { SuiteOptions } from './runner.js'

process.chdir(fileURLToPath(new URL('../..', import.meta.url)))
// Stryker's own processes load the runner too, and it is TypeScript.
process.env.NODE_OPTIONS = '--import tsx'
const scores: string[] = []
const asked = process.argv.slice(2)
for (const name of asked.length > 0 ? asked : Object.keys(PARTS)) {
  const part = partOf(name)
  if (part === undefined) throw new Error(`expected some of ${Object.keys(PARTS).join(', ')}, got ${name}`)
  const { mutate, suites } = pathsOf(part)
  console.log(`== ${name}`)
  const options: SuiteOptions = { suites }
  const mutants = await new Stryker({
    ...JSON.parse(readFileSync('stryker.config.json', 'utf8')),
    ...options,
    mutate,
    jsonReporter: { fileName: `build/mutation/${name.replaceAll('/', '-')}.json` },
  }).runMutationTest()
  const noticed = mutants.filter(({ status }) => status === 'Killed' || status === 'Timeout').length
  scores.push(`${name}: ${noticed} of ${mutants.length}, ${((100 * noticed) / mutants.length).toFixed(1)} %`)
}
console.log(scores.join('\n'))
