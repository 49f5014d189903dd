import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { FaultSwitches } from '../../tools/world.js'
import { testTwin } from '../../twin/virtual.js'

function switched(flags: Record<string, string> = {}) {
  const { clock, twin } = testTwin(flags)
  return { clock, twin, switches: new FaultSwitches({ clock, twin, random: () => 0.5 }) }
}

describe("a line that changes a twin's world", () => {
  it('switches a fault on and off', () => {
    const { twin, switches } = switched()
    equal(switches.enter('line silent on'), 'line silent on: done')
    ok(twin.line.faults.silent)
    equal(switches.enter('access point gone on'), 'access point gone on: done')
    ok(!twin.wifi.home.inRange)
    equal(switches.enter(' line silent off '), 'line silent off: done')
    deepEqual([twin.line.faults.silent, twin.wifi.home.inRange], [false, false])
  })

  it('with a name that there is not changes nothing and is answered with the names that there are', () => {
    const { switches } = switched()
    for (const line of ['', 'line silent', 'line silent maybe', 'toString on', 'power cut on', 'concentrator away on'])
      match(switches.enter(line), /^expected one of these with on or off: line silent, line noisy,/)
    ok(!switches.enter('').includes('concentrator'))
  })

  it('knows the faults of a concentrator where there is one', () => {
    const { twin, switches } = switched({ BLE: '1' })
    equal(switches.enter('concentrator away on'), 'concentrator away on: done')
    equal(twin.concentrator!.inRange, false)
    ok(switches.enter('').includes('concentrator away'))
  })

  it('knows no faults of a line where the meter is not at one', () => {
    const { twin, switches } = switched({ FLOWIQ: '1' })
    match(switches.enter('line silent on'), /^expected one of these with on or off: access point gone,/)
    ok(!twin.line.faults.silent)
  })

  it('ends a fault that comes again and again when it is switched off, and when the twin ends', async () => {
    const { clock, twin, switches } = switched()
    for (const end of [() => switches.enter('weak signal off'), () => switches.close()]) {
      switches.enter('weak signal on')
      ok(!twin.wifi.home.inRange)
      end()
      await clock.run(60_000, () => !twin.wifi.home.inRange)
      ok(twin.wifi.home.inRange)
    }
  })
})
