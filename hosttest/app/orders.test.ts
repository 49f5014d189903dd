// node only
import { deepEqual, equal, ok } from 'node:assert/strict'
import { SimulatedFlash } from '../../twin/flash.js'
import { MemoryStorage } from '../../twin/memory-storage.js'
import { SimulatedOutput } from '../../twin/output.js'
import { testTwin } from '../../twin/virtual.js'

/** Storage that tells what is done to it, by the records' names. */
class TellingStorage extends MemoryStorage {
  readonly #tell: (what: string) => void
  isFull = false

  constructor(tell: (what: string) => void) {
    super()
    this.#tell = tell
  }

  override read(key: string): Uint8Array | undefined {
    this.#tell(`read ${nameOf(key)}`)
    return super.read(key)
  }

  override write(key: string, bytes: Uint8Array): boolean {
    if (this.isFull) return false
    this.#tell(`write ${nameOf(key)}`)
    return super.write(key, bytes)
  }
}

/** Flash of the journal that tells when it is used. */
class TellingFlash extends SimulatedFlash {
  readonly #tell: (what: string) => void

  constructor(tell: (what: string) => void) {
    super({ sectors: 192 })
    this.#tell = tell
  }

  override read(offset: number, into: Uint8Array): boolean {
    this.#tell('read journal')
    return super.read(offset, into)
  }

  override write(offset: number, bytes: Uint8Array): boolean {
    this.#tell('write journal')
    return super.write(offset, bytes)
  }
}

/** The name of the record, without that of its slot. */
function nameOf(key: string): string {
  return key.split('.')[0]!
}

function tellingTwin(flags: Record<string, string> = {}) {
  const told: string[] = []
  const tell = (what: string) => void told.push(what)
  const storage = new TellingStorage(tell)
  return { told, ...testTwin(flags, { storage, flash: new TellingFlash(tell) }), storage }
}

describe('an order that is law:', () => {
  it('at power-on the valve comes first, before the journal and every other part', async () => {
    const { write } = SimulatedOutput.prototype
    const told: (string | SimulatedOutput)[] = []
    SimulatedOutput.prototype.write = function (level) {
      told.push(this)
      return write.call(this, level)
    }
    try {
      const tell = (what: string) => void told.push(what)
      const { twin, clock } = testTwin({}, { storage: new TellingStorage(tell), flash: new TellingFlash(tell) })
      twin.start()
      const first = told.lastIndexOf('write settings') + 1
      const before = told.slice(first, told.indexOf(twin.ac1)).filter((what) => what !== twin.led)
      deepEqual([...new Set(before)].sort(), [
        'read mark',
        'read provision',
        'read settings',
        'read tags',
        'read watchdog',
      ])
      await clock.run(5_000)
      ok(told.includes('read journal'))
      twin.close()
    } finally {
      SimulatedOutput.prototype.write = write
    }
  })

  it('a command is stored before the setting that it changes', async () => {
    const { told, ask, online, twin } = tellingTwin()
    await online()
    for (const [name, payload] of [
      ['open', '1'],
      ['close', '1'],
      ['open_until', '5000'],
      ['set_mqtt', 'host=broker&user=other'],
      ['set_cron', 'minute=0&hour=6&command=close'],
    ] as const) {
      told.length = 0
      await ask(name, payload, 5_000)
      const writes = told.filter((what) => what === 'write tags' || what === 'write settings')
      deepEqual(writes.slice(0, 2), ['write tags', 'write settings'], name)
    }
    twin.close()
  })

  it('a command that no setting shows is not done where flash does not take that it was here', async () => {
    const { ask, online, twin, storage, clock, log } = tellingTwin()
    await online()
    const { firmware } = twin
    storage.isFull = true
    await ask('restart')
    await clock.run(30_000)
    equal(twin.firmware, firmware)
    ok(log.includes('command restart not done: flash does not take that it was here'))
    storage.isFull = false
    await ask('restart')
    await clock.run(30_000)
    ok(twin.firmware !== firmware)
    twin.close()
  })

  it('at the end what settings and commands still hold is written last', async () => {
    const { told, ask, online, twin } = tellingTwin({ IMPULSE: '1' })
    await online()
    twin.impulses.impulse()
    // The second changes nothing: it waits in memory.
    await ask('stop_ap')
    await ask('stop_ap', '1', 1_500)
    twin.firmware.settings.updateSlowly({ total: 1 })
    told.length = 0
    twin.close()
    deepEqual(
      told.filter((what) => what.startsWith('write')),
      ['write impulse', 'write tags', 'write settings'],
    )
  })
})
