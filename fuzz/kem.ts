import { equal, match, ok } from 'node:assert/strict'
import { createCipheriv } from 'node:crypto'
import { readKem } from '../decoders/kem.js'
import type { KemMeter } from '../decoders/kem-list.js'
import { nodeCrypto } from '../twin/crypto.js'

const PASSWORD = 'Pass1234'

/**
 * A file gives meters with keys of 32 hex digits, or a clear refusal. The input is a container, its XML, or what a container
 * encrypts.
 */
export default async function kem(bytes: Uint8Array): Promise<void> {
  check(await read(Buffer.from(bytes)))
  check(await read(encrypted(Buffer.from(`<?xml version="1.0"?>${Buffer.from(bytes).toString()}`))))
}

async function read(file: Buffer): Promise<readonly KemMeter[]> {
  const content = await readKem(new Uint8Array(file), PASSWORD, nodeCrypto.aesCbcDecrypt)
  if (content.ok) return content.value.meters
  equal(content.error.includes('\n'), false)
  return []
}

function check(meters: readonly KemMeter[]): void {
  for (const { serial, key } of meters) {
    ok(serial !== '')
    if (key !== undefined) match(key, /^[0-9a-f]{32}$/i)
  }
}

function encrypted(xml: Buffer): Buffer {
  const key = Buffer.alloc(16)
  key.write(PASSWORD)
  const cipher = createCipheriv('aes-128-cbc', key, key)
  const base64 = Buffer.concat([cipher.update(xml), cipher.final()]).toString('base64')
  return Buffer.from(`<EncryptedData><CipherData><CipherValue>${base64}</CipherValue></CipherData></EncryptedData>`)
}
