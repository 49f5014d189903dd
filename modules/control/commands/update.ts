import { pairsText, parsePairs } from '../../codec/pairs.js'
import { failure, type Result, success } from '../../codec/result.js'
import { cutUtf8 } from '../../codec/utf8.js'
import type { UpdateRequest } from '../../update/record.js'
import { type CommandTable, does } from '../device.js'

const MAX_VERSION = 31

/** A new version of the firmware. */
export const update: CommandTable = Object.freeze({
  update: does((device, reply, payload) => {
    const request = parseUpdateRequest(payload)
    if (request.ok) reply(device.offerUpdate(request.value))
    else reply(pairsText({ state: 'refused', reason: request.error }))
  }),
})

/** What `version=..&url=..&force=1` asks for. */
export function parseUpdateRequest(text: string): Result<UpdateRequest> {
  let [version, url, force] = ['', '', '0']
  for (const [name, value] of parsePairs(text)) {
    if (name === 'version') version = value
    else if (name === 'url') url = value
    else if (name === 'force') force = value
    else return failure(`${cutUtf8(name, MAX_VERSION)}: expected version, url or force`)
  }
  if (version === '' || version.length > MAX_VERSION) return failure('version: expected 1 to 31 characters')
  if (force !== '0' && force !== '1') return failure('force: expected 0 or 1')
  return success({ version, url, force: force === '1' })
}
