import { deepEqual, ok } from 'node:assert/strict'
import { LONGEST_TURN, SCRIPTS } from './goals.js'
import { engine32 } from './machine.js'
import { figuresOf } from './measured.js'
import { needsMachine } from './needs-machine.js'

/** Bytes and meter units are the same on every computer. */
describe('memory and turns on XS', function () {
  this.timeout(900_000)
  const machine = needsMachine(this, engine32)

  for (const { title, script, rows } of SCRIPTS) {
    it(`stay within their bounds: ${title}`, async () => {
      const figures = await figuresOf(machine.engine, script)
      deepEqual(
        figures.map(({ name }) => name),
        rows.map(({ name }) => name),
      )
      for (const [i, { name, peak, turn }] of figures.entries()) {
        ok(turn <= LONGEST_TURN, `${name}: ${turn} units in one turn`)
        const { peak: most = Number.POSITIVE_INFINITY, above = Number.POSITIVE_INFINITY } = rows[i]!
        ok(peak <= most, `${name}: ${peak} bytes`)
        ok(peak - figures[0]!.peak <= above, `${name}: ${peak - figures[0]!.peak} bytes above ${figures[0]!.name}`)
      }
    })
  }
})
