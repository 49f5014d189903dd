import { failure, type Result, success } from '../modules/codec/result.js'
import type { Answer } from './answer.js'
import { readKem } from './kem.js'
import type { AesCbcDecrypt } from './kem-list.js'

export interface KemQuestion {
  readonly bytes: Uint8Array
  /** What the file is called, for what is said of it. */
  readonly file: string
  readonly password: string
  /** Only the meter of this number. */
  readonly serial?: string | undefined
}

/**
 * The meters of a KEM file as one line of JSON. Fails where the number is none.
 *
 * @param onProgress see `readKem`
 */
export async function kemAnswer(
  question: KemQuestion,
  aes: AesCbcDecrypt,
  onProgress?: (share: number) => void,
): Promise<Result<Answer>> {
  const { bytes, file, password, serial } = question
  if (serial !== undefined && !/^[0-9]{1,12}$/.test(serial))
    return failure(`--serial: expected 1 to 12 digits, got "${serial}"`)
  const content = await readKem(bytes, password, aes, onProgress)
  if (!content.ok) return success({ lines: [], notes: [], problem: content.error })
  const { meters, unread } = content.value
  const notes = unread.map(({ name, reason }) => `${name} in ${file}: ${reason}`)
  const found = serial === undefined ? meters : meters.filter((meter) => isSame(meter.serial, serial))
  if (serial !== undefined && found.length === 0)
    return success({ lines: [], notes, problem: `no meter ${serial} among the ${meters.length} of ${file}` })
  return success({
    lines: [JSON.stringify(found)],
    notes,
    problem:
      serial === undefined && unread.length > 0
        ? `${unread.length} of the lists in ${file} could not be read`
        : undefined,
  })
}

/** Compares numbers without their leading zeros. */
function isSame(one: string, other: string): boolean {
  return one.replace(/^0+/, '') === other.replace(/^0+/, '')
}
