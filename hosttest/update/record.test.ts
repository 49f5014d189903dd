import { deepEqual, equal } from 'node:assert/strict'
import { encodeUtf8 } from '../../modules/codec/utf8.js'
import { Slots } from '../../modules/storage/slots.js'
import { WriteBudget } from '../../modules/storage/write-budget.js'
import { UpdateRecord, type UpdateState } from '../../modules/update/record.js'
import { VirtualClock } from '../../twin/clock.js'
import { MemoryStorage } from '../../twin/memory-storage.js'

const NOTHING = { mark: 0, sha256: '', request: undefined, trial: undefined, failed: undefined, outcome: undefined }
const SHA256 = 'ab'.repeat(32)
const REQUEST = { version: '0.2.0', url: 'http://updates/f', force: false }
const TRIAL = { slot: 1, version: '0.2.0', sha256: SHA256, meterWasRead: true, stage: 'network' } as const
const FAILED = { sha256: SHA256, reason: 'never started', needsForce: true }
const WHOLE: UpdateState = {
  mark: 65_536,
  sha256: SHA256,
  request: REQUEST,
  trial: TRIAL,
  failed: FAILED,
  outcome: 'x',
}

const recordIn = (storage: MemoryStorage) =>
  new UpdateRecord(storage, new WriteBudget(new VirtualClock(), () => {}), () => {})

/** What a device makes of a record with this text. */
function stateOf(text: string): UpdateState {
  const storage = new MemoryStorage()
  const slots = new Slots(storage, 'update')
  slots.read()
  slots.write(encodeUtf8(text))
  return recordIn(storage).state
}

describe('the record of an update', () => {
  it('is after power-off what it was before', () => {
    for (const state of [
      WHOLE,
      { ...NOTHING, sha256: SHA256 },
      ...['asked', 'started', 'meter'].map((stage) => ({
        ...NOTHING,
        trial: { ...TRIAL, stage } as UpdateState['trial'],
      })),
    ]) {
      const storage = new MemoryStorage()
      equal(recordIn(storage).change(state as UpdateState), true)
      deepEqual(recordIn(storage).state, state)
    }
    deepEqual(recordIn(new MemoryStorage()).state, NOTHING)
  })

  it('counts as nothing when it is something else', () => {
    for (const text of ['', '{', 'null', 'true', '1', '"mark"', '[]', '{}', '[{"mark":1}]'])
      deepEqual(stateOf(text), NOTHING, text)
  })

  it('does not go on from a place that cannot be', () => {
    for (const mark of [-1, 0.5, 2 ** 53, '65536', true, null, undefined, [1], {}])
      deepEqual(stateOf(JSON.stringify({ mark, sha256: SHA256 })), NOTHING, String(mark))
    for (const sha256 of [1, null, undefined, true, [SHA256]])
      deepEqual(stateOf(JSON.stringify({ mark: 65_536, sha256 })), NOTHING, String(sha256))
  })

  it('keeps of its parts those that are whole', () => {
    for (const part of ['request', 'trial', 'failed'] as const) {
      const value = WHOLE[part] as unknown as Record<string, unknown>
      for (const name of Object.keys(value))
        for (const wrong of [undefined, null, [], typeof value[name] === 'string' ? 1 : 'text']) {
          const stored = { ...WHOLE, [part]: { ...value, [name]: wrong } }
          deepEqual(stateOf(JSON.stringify(stored)), { ...WHOLE, [part]: undefined }, `${part}.${name} ${wrong}`)
        }
      for (const wrong of [null, 1, 'text', [], {}])
        deepEqual(
          stateOf(JSON.stringify({ ...WHOLE, [part]: wrong })),
          { ...WHOLE, [part]: undefined },
          `${part} ${wrong}`,
        )
    }
    const odd = { ...WHOLE, trial: { ...TRIAL, stage: 'done' } }
    deepEqual(stateOf(JSON.stringify(odd)), { ...WHOLE, trial: undefined })
    for (const outcome of [1, null, {}]) deepEqual(stateOf(JSON.stringify({ ...WHOLE, outcome })).outcome, undefined)
  })
})
