import { equal } from 'node:assert/strict'
import { fileURLToPath } from 'node:url'
import { bundle, run } from './machine.js'
import { needsMachine } from './needs-machine.js'

const SCRIPTS = fileURLToPath(new URL('scripts', import.meta.url))

/** XS keeps every name that was ever looked up as a property: what comes from outside must not be. */
describe('a name from outside, on XS', function () {
  let places: readonly { readonly place: string; readonly bytes: number }[]
  const machine = needsMachine(this)
  before(async () => {
    const lines = run(machine.engine, await bundle("import './names.ts'", SCRIPTS), '-s', '4096')
      .trim()
      .split('\n')
    places = lines.map((line) => JSON.parse(line))
  })

  for (const place of ['a header of a request', 'a field of a form', 'a time of a job', 'a command']) {
    it(`leaves nothing in memory as ${place}`, () => {
      equal(places.find((found) => found.place === place)?.bytes, 0)
    })
  }
})
