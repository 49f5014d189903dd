const { readdirSync } = require('node:fs')
const { availableParallelism } = require('node:os')
const { join } = require('node:path')
const slow = require('./hosttest/slow.json').map((name) => `hosttest/${name}.test.ts`)

const all = readdirSync(join(__dirname, 'hosttest'), { recursive: true })
  .filter((name) => name.endsWith('.test.ts'))
  .map((name) => `hosttest/${name}`)
  .sort()

/** Whether the user named files; these run alone. */
const isNamed = process.argv.slice(2).some((argument) => argument.endsWith('.test.ts'))
/** Watching needs processes: only a new one loads a file anew. */
const watches = process.argv.includes('--watch')

module.exports = {
  import: 'tsx/esm',
  require: './hosttest/support/bundled.cjs',
  // Ends a test that hangs. No test is expected to take a certain time.
  timeout: 600_000,
  // Mocha would otherwise wait for the test that hung.
  exit: true,
  // A single file shows each test as it ends only in this process.
  parallel: !isNamed || watches,
  // One more than processors, because some tests wait for other programs.
  jobs: availableParallelism() + 1,
  'watch-files': ['modules', 'bridge', 'decoders', 'image', 'twin', 'tools', 'soak', 'fuzz', 'hosttest'],
  // The slow ones begin first, so that none runs alone at the end.
  spec: isNamed ? [] : [...slow, ...all.filter((file) => !slow.includes(file))],
}
