// node only
import { equal } from 'node:assert/strict'
import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import { isSigned } from './p256.js'

describe('ECDSA for the board rig', () => {
  it('is that of OpenSSL', () => {
    for (let i = 0; i < 20; i++) {
      const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
      const key = new Uint8Array(publicKey.export({ format: 'der', type: 'spki' }).subarray(-64))
      const message = Buffer.from(`message ${i}`)
      const digest = new Uint8Array(createHash('sha256').update(message).digest())
      const signature = new Uint8Array(sign('sha256', message, { key: privateKey, dsaEncoding: 'ieee-p1363' }))
      equal(isSigned(key, digest, signature), true)
      for (const part of [key, digest, signature]) {
        part[i]! ^= 1
        equal(isSigned(key, digest, signature), false)
        part[i]! ^= 1
      }
    }
  })
})
