import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { KEPT, standInDifferences, typingsDifferences } from './ours.js'
import { readSdk } from './sdk.js'

/* Reads the names from the SDK at $MODDABLE, keeps them, and tells what of ours the SDK has not. */

const { MODDABLE } = process.env
if (MODDABLE === undefined) {
  console.error('MODDABLE names no folder: the names are those of a Moddable SDK')
  process.exit(2)
}
const names = readSdk(MODDABLE)
const text = `${JSON.stringify(names, undefined, 2)}\n`
const changed = !existsSync(KEPT) || readFileSync(KEPT, 'utf8') !== text
writeFileSync(KEPT, text)
console.log(`SDK ${names.sdk}: ${Object.keys(names.modules).length} modules, ${changed ? 'changed' : 'as kept'}`)
const found = [...standInDifferences(names), ...typingsDifferences(names)]
for (const difference of found) console.log(difference)
process.exitCode = found.length === 0 ? 0 : 1
