import { equal, throws } from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readUpdateKey } from '../../tools/update-key.js'

describe("the twin's update key", () => {
  const folder = mkdtempSync(join(tmpdir(), 'meterlogger-key-'))
  after(() => rmSync(folder, { recursive: true }))
  const fileOf = (text: string | Buffer) => {
    const path = join(folder, 'key.pem')
    writeFileSync(path, text)
    return path
  }

  it('is the point of the public key in the file', () => {
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const { x = '', y = '' } = publicKey.export({ format: 'jwk' })
    const hex = [x, y].map((part) => Buffer.from(part, 'base64url').toString('hex')).join('')
    equal(readUpdateKey(fileOf(publicKey.export({ format: 'pem', type: 'spki' }))), hex)
  })

  it('is no private key, and none of another curve', () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    throws(() => readUpdateKey(fileOf(privateKey.export({ format: 'pem', type: 'pkcs8' }))), /private key/)
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' })
    throws(() => readUpdateKey(fileOf(publicKey.export({ format: 'pem', type: 'spki' }))), /P-256/)
    throws(() => readUpdateKey(fileOf('nothing')), /P-256/)
    throws(() => readUpdateKey(join(folder, 'missing')))
  })
})
