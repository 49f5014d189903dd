#!/usr/bin/env node
import { createRequire } from 'node:module'
import { setFlagsFromString } from 'node:v8'

const require = createRequire(import.meta.url)

if (process.argv[2] === 'wmbus') {
  // Recordings have millions of lines. Without the loader's thread the command starts in half the time and takes 30 MB
  // less; without a young generation that grows, another 20 MB. What is young is then so little that threads which share
  // its collection take more of the processor than it.
  if (process.argv[3] !== 'solve') {
    setFlagsFromString('--semi-space-growth-factor=1')
    setFlagsFromString('--no-parallel-scavenge')
  }
  // Plots of a million telegrams take 99 MB with it instead of 107, and a fifth more time.
  if (process.argv[3] === 'analyze') setFlagsFromString('--optimize-for-size')
  require('tsx/cjs/api').register()
  const { main } = require('./main.ts')
  await main(process.argv, require('./wmbus.ts').wmbusCommand())
} else if (process.argv[2] === 'bridge') {
  // It runs for years. What is left of each batch would otherwise grow to 75 MB before somebody collects it; now it is 30 MB, and
  // without the loader's thread the command takes another 20 MB less.
  setFlagsFromString('--heap-growing-percent=30')
  require('tsx/cjs/api').register()
  const { main } = require('./main.ts')
  await main(process.argv, require('./bridge.ts').bridgeCommand())
} else {
  const { register } = await import('tsx/esm/api')
  register()
  const { main } = await import('./main.ts')
  await main(process.argv)
}
