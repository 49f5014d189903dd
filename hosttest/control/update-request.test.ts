import { deepEqual } from 'node:assert/strict'
import { parseUpdateRequest, update } from '../../modules/control/commands/update.js'
import type { Device } from '../../modules/control/device.js'

const URL = 'http://192.168.1.10:8000/meterlogger.bin'

/** What the device takes from the text, or why it refuses. */
function read(text: string): unknown {
  const request = parseUpdateRequest(text)
  return request.ok ? request.value : request.error
}

describe('what `update` asks for', () => {
  it('is a version, an address and, if somebody insists, force, in any order', () => {
    deepEqual(read(`version=0.2.0&url=${URL}`), { version: '0.2.0', url: URL, force: false })
    deepEqual(read(`url=${URL}&force=1&version=0.2.0`), { version: '0.2.0', url: URL, force: true })
    deepEqual(read(`version=0.2.0&url=${URL}&force=0`), { version: '0.2.0', url: URL, force: false })
    deepEqual(read('version=0.2.0'), { version: '0.2.0', url: '', force: false })
  })

  it('is refused where the version is missing or too long', () => {
    for (const text of ['', `url=${URL}`, 'version=', `version=${'1'.repeat(32)}`])
      deepEqual(read(text), 'version: expected 1 to 31 characters', text)
    deepEqual(read(`version=${'1'.repeat(31)}`), { version: '1'.repeat(31), url: '', force: false })
  })

  it('is refused where force is neither 0 nor 1', () => {
    for (const force of ['', '2', 'yes', '01'])
      deepEqual(read(`version=1&force=${force}`), 'force: expected 0 or 1', force)
  })

  it('is refused where it names something else, of which the reply shows no more than 31 bytes', () => {
    deepEqual(read('version=1&uri=x'), 'uri: expected version, url or force')
    deepEqual(read(`${'x'.repeat(100)}=1`), `${'x'.repeat(31)}: expected version, url or force`)
  })
})

describe('the reply to `update`', () => {
  /** What the device was asked to offer, and its replies. */
  function told(payload: string) {
    const offered: unknown[] = []
    const replies: string[] = []
    const device = {
      offerUpdate: (request: unknown) => {
        offered.push(request)
        return 'state=waiting'
      },
    } as Partial<Device> as Device
    update.update!.run(device, (text) => replies.push(text), payload)
    return { offered, replies }
  }

  it('is what becomes of it', () => {
    deepEqual(told(`version=0.2.0&url=${URL}`), {
      offered: [{ version: '0.2.0', url: URL, force: false }],
      replies: ['state=waiting'],
    })
  })

  it('is the reason where the text is wrong, and nothing comes of it', () => {
    deepEqual(told('force=1'), { offered: [], replies: ['state=refused&reason=version: expected 1 to 31 characters'] })
  })
})
