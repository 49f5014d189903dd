import { createPublicKey } from 'node:crypto'
import { UsageError } from './errors.js'
import { fileText } from './lines.js'

/** The public key of a PEM file as the build option UPDATE_KEY has it: x and y of the point on P-256, 128 hex digits. */
export function readUpdateKey(path: string): string {
  const text = fileText(path)
  if (text.includes('PRIVATE KEY'))
    throw new UsageError(`--update-key: ${path} is a private key; it stays with its owner`)
  try {
    const key = createPublicKey(text)
    if (key.asymmetricKeyDetails?.namedCurve !== 'prime256v1') throw new Error('not of P-256')
    return key.export({ format: 'der', type: 'spki' }).subarray(-64).toString('hex')
  } catch {
    throw new UsageError(`--update-key: expected a public key of P-256 as PEM in ${path}`)
  }
}
