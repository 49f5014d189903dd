// node only
import { deepEqual } from 'node:assert/strict'
import { EXAMPLE_KEY } from '../../modules/codec/master-key.js'
import { needsMachine } from '../xs/needs-machine.js'
import { runBoard } from './run.js'

/** How often a board whose network and broker work has called the broker after ten minutes. */
async function calls(KEY: string): Promise<number> {
  const flags = { KEY, SERIAL: '1234567', DEBUG: '1' }
  const { lines } = await runBoard({
    flags,
    world: `import '../xs/shim/buffer.js'
import { Board } from './world/board.js'
void (async () => {
  const settings = { ssid: 'twin', password: 'simulated', mqttHost: 'broker', mqttPort: 1883 }
  const board = new Board({ flags: ${JSON.stringify(flags)}, settings })
  board.hardware.powerOn()
  await board.clock.run(600_000)
  print(String(board.outside.broker.logins.length))
})()`,
  })
  return Number(lines.at(-1))
}

describe('a board', function () {
  needsMachine(this)

  it('calls no broker under a key that everybody knows', async () => {
    deepEqual([await calls(EXAMPLE_KEY), await calls('b1c0a5e2f47d3968805e1f6a9c2b7d43')], [0, 1])
  })
})
