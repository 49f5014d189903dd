const { readdirSync } = require('node:fs')
const { availableParallelism } = require('node:os')
const { join } = require('node:path')
const slow = require('./hosttest/slow.json').map((name) => `hosttest/${name}.test.ts`)

const all = readdirSync(join(__dirname, 'hosttest'), { recursive: true })
  .filter((name) => name.endsWith('.test.ts'))
  .map((name) => `hosttest/${name}`)
  .sort()

/** Files that are named run alone. */
const isNamed = process.argv.slice(2).some((argument) => argument.endsWith('.test.ts'))
/** A file is loaded anew in a new process alone. */
const watches = process.argv.includes('--watch')

module.exports = {
  import: 'tsx/esm',
  // Against what hangs; no test is expected to take a certain time.
  timeout: 600_000,
  // What has hung is not waited for once more.
  exit: true,
  // One file alone is seen while it runs.
  parallel: !isNamed || watches,
  // Some wait for others than the processor.
  jobs: availableParallelism() + 1,
  'watch-files': ['modules', 'twin', 'tools', 'soak', 'fuzz', 'hosttest'],
  // The slow ones begin first, lest one is left at the end.
  spec: isNamed ? [] : [...slow, ...all.filter((file) => !slow.includes(file))],
}
