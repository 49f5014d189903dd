import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { UsageError } from './errors.js'
import { warnOfReaders } from './key-register.js'
import { fileText } from './lines.js'

const CURVE = 'prime256v1'

/** The public key of a PEM file as the build option UPDATE_KEY has it: x and y of the point on P-256, 128 hex digits. */
export function readUpdateKey(path: string): string {
  const text = fileText(path, '--update-key')
  if (text.includes('PRIVATE KEY'))
    throw new UsageError(`--update-key: ${path} is a private key; it stays with its owner`)
  const key = keyOf(() => createPublicKey(text))
  if (key === undefined) throw new UsageError(`--update-key: expected a public key of P-256 as PEM in ${path}`)
  return pointOf(key)
}

/** The private key of a PEM file. Warns when others can read it. */
export function readPrivateKey(path: string): KeyObject {
  const text = fileText(path, '--private-key')
  const key = keyOf(() => createPrivateKey(text))
  if (key === undefined) throw new UsageError(`--private-key: expected a private key of P-256 as PEM in ${path}`)
  warnOfReaders(path)
  return key
}

/** x and y of a public key's point, 128 hex digits. */
export function pointOf(key: KeyObject): string {
  return key.export({ format: 'der', type: 'spki' }).subarray(-64).toString('hex')
}

/** The key of P-256 that is read; undefined where it is none. */
function keyOf(read: () => KeyObject): KeyObject | undefined {
  try {
    const key = read()
    return key.asymmetricKeyDetails?.namedCurve === CURVE ? key : undefined
  } catch {
    return undefined
  }
}
