import { execFileSync, spawnSync } from 'node:child_process'

/** Says why this computer has no openssl command; undefined when it has. */
export function missingOpenssl(): string | undefined {
  return spawnSync('openssl', ['version']).status === 0 ? undefined : 'openssl is not installed'
}

/** Opens a message with the openssl command and none of our code. Throws when the tag is wrong. */
export function opensslOpen(key: string, topic: string, message: Uint8Array): string {
  const bytes = Buffer.from(message)
  const digest = openssl(['dgst', '-sha256', '-binary'], Buffer.from(key, 'hex')).toString('hex')
  const hmacKey = digest.slice(32)
  const tag = openssl(
    ['dgst', '-sha256', '-mac', 'HMAC', '-macopt', `hexkey:${hmacKey}`, '-binary'],
    Buffer.concat([Buffer.from(topic), bytes.subarray(32)]),
  )
  if (!tag.equals(bytes.subarray(0, 32))) throw new Error(`openssl: the tag of ${topic} is wrong`)
  const iv = bytes.subarray(32, 48).toString('hex')
  const clear = openssl(['enc', '-d', '-aes-128-cbc', '-K', digest.slice(0, 32), '-iv', iv], bytes.subarray(48))
  return clear.toString('utf8').replace(/\0$/, '')
}

function openssl(args: readonly string[], input: Buffer): Buffer {
  return execFileSync('openssl', args, { input })
}
