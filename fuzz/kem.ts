import { equal, match, ok } from 'node:assert/strict'
import { createCipheriv } from 'node:crypto'
import { NegativeResult } from '../tools/errors.js'
import { type KemMeter, parseKem } from '../tools/kem-file.js'

const PASSWORD = 'Pass1234'

/** Meters or a clear "no"; keys are 32 hex digits. As a container, as XML, and as what is encrypted in it. */
export default async function kem(bytes: Uint8Array): Promise<void> {
  check(await read(Buffer.from(bytes)))
  check(await read(encrypted(Buffer.from(`<?xml version="1.0"?>${Buffer.from(bytes).toString()}`))))
}

async function read(file: Buffer): Promise<readonly KemMeter[]> {
  try {
    return await parseKem(file, PASSWORD)
  } catch (error) {
    ok(error instanceof NegativeResult, error as Error)
    equal(error.message.includes('\n'), false)
    return []
  }
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
