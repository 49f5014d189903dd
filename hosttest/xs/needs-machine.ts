import type { Suite } from 'mocha'
import { needs } from '../support/needs.js'
import { buildMachine, type Engine, engineHere } from './machine.js'

/**
 * Begins a suite that runs on the engine: builds it, or skips the suite where that is not possible.
 * @param find which engine; `engine32` where the suite compares bytes or meter units
 */
export function needsMachine(suite: Suite, find: () => Engine | string = engineHere): { readonly engine: Engine } {
  let engine: Engine | undefined
  suite.beforeAll(function () {
    const found = find()
    if (typeof found === 'string') return needs(this, found)
    engine = found
    buildMachine(engine)
  })
  return {
    get engine() {
      return engine!
    },
  }
}
