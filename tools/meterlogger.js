#!/usr/bin/env node
import { existsSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'

// A package has the bundle; a checkout has the sources too, which may be newer.
if (existsSync(new URL('renew.js', import.meta.url))) await import('./renew.js')
tune(process.argv)
const { main } = await import('../dist/main.js')
await main(process.argv)

function tune([, , command, part]) {
  // Recordings have millions of lines. Without a young generation that grows the command takes 20 MB less. What is young is
  // then so little that threads which share its collection take more of the processor than it.
  if (command === 'wmbus' && part !== 'solve') {
    setFlagsFromString('--semi-space-growth-factor=1')
    setFlagsFromString('--no-parallel-scavenge')
  }
  // Plots of a million telegrams take 99 MB with it instead of 107, and a fifth more time.
  if (command === 'wmbus' && part === 'analyze') setFlagsFromString('--optimize-for-size')
  // It runs for years. What is left of each batch would otherwise grow to 75 MB before somebody collects it; now it is 30 MB.
  if (command === 'bridge') setFlagsFromString('--heap-growing-percent=30')
}
