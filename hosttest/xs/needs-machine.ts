import type { Suite } from 'mocha'
import { needs } from '../support/needs.js'
import { buildMachine, missingCompiler } from './machine.js'

/** Begins a suite that runs on the engine: builds it, or skips the suite where that is not possible. */
export function needsMachine(suite: Suite): void {
  suite.beforeAll(function () {
    needs(this, missingCompiler())
    buildMachine()
  })
}
