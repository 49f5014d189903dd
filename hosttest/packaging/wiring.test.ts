// node only
import { deepEqual } from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const read = (path: string) => readFileSync(`${ROOT}/${path}`, 'utf8')

for (const name of ['devkit', 'daughterboard'])
  it(`docs/wiring.svg shows the pins of the ${name}`, () => {
    const { config, platforms } = JSON.parse(read(`manifests/boards/${name}.json`))
    const { ac1, ac2, led, impulse, supply = 34 } = config.board
    const { transmit, receive } = platforms.esp32.config.uart
    const shown = [...read('docs/wiring.svg').matchAll(/>GPIO ([0-9]+)</g)].map(([, pin]) => Number(pin))
    const numbers = [transmit, receive, impulse, ac1, ac2, led, supply]
    deepEqual(shown.sort(), numbers.sort())
  })
