// node only
import { deepEqual, equal, ok } from 'node:assert/strict'
import type { MemoryStorage } from '../../twin/memory-storage.js'
import { testTwin } from '../../twin/virtual.js'

const MINUTE = 60_000

/** From now on flash takes nothing under a name that begins like this; the way back. */
function refuse(storage: MemoryStorage, prefix: string): () => void {
  const write = storage.write.bind(storage)
  storage.write = (key, bytes) => !key.startsWith(prefix) && write(key, bytes)
  return () => {
    storage.write = write
  }
}

describe('a command that shows in no setting', () => {
  it('is not done where flash does not take that it was here: it could come once more after a power cut', async () => {
    const { twin, storage, clock, log, online, send } = testTwin()
    await online()
    const heal = refuse(storage, 'tags')
    const boots = () => log.filter((line) => line.startsWith('wifi: joining')).length
    const before = boots()
    send('restart')
    await clock.run(MINUTE)
    deepEqual([boots(), log.filter((line) => line.startsWith('command restart not done')).length], [before, 1])
    heal()
    send('restart')
    await clock.run(MINUTE)
    equal(boots(), before + 1)
    twin.close()
  })
})

describe('a flash that takes nothing any more', () => {
  it('leaves the valve as it is, whatever is commanded; the limit still closes the valve', async () => {
    const { twin, storage, clock, online, ask, messages } = testTwin()
    await online()
    await clock.run(MINUTE)
    await ask('open_until_delta', '1')
    equal(twin.ac1.level, 1)
    refuse(storage, '')
    await ask('close')
    await clock.run(MINUTE)
    equal(twin.ac1.level, 1)
    await clock.run(60 * MINUTE, () => twin.ac1.level === 0)
    equal(twin.ac1.level, 0)
    await clock.run(MINUTE)
    equal(messages('status').at(-1)?.text, 'close')
    await ask('open')
    equal(twin.ac1.level, 0)
    ok(messages('flash_error').length > 0)
    twin.close()
  })
})

describe('a flash that takes nothing for a moment', () => {
  it('has the valve closed after a power cut, when close was sent once more', async () => {
    const { twin, storage, clock, online, ask, messages } = testTwin({ AUTO_CLOSE: '0' })
    await online()
    await ask('open')
    const heal = refuse(storage, 'settings')
    await ask('close')
    await clock.run(MINUTE)
    equal(twin.ac1.level, 0)
    equal(messages('flash_error').length, 1)
    heal()
    await ask('close')
    twin.powerCut(1_000)
    await clock.run(MINUTE)
    equal(twin.ac1.level, 0)
    twin.close()
  })
})
