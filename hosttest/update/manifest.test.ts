// node only
import { equal, match, ok } from 'node:assert/strict'
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import type { Result } from '../../modules/codec/result.js'
import { decodeUtf8, encodeUtf8 } from '../../modules/codec/utf8.js'
import { HEAD, type Manifest, openHead } from '../../modules/update/manifest.js'
import { encodeHead, signedText } from '../../tools/signed-head.js'
import { nodeVerifier } from '../../twin/verifier.js'

const MANIFEST: Manifest = {
  project: 'xs_esp32',
  chip: 'esp32',
  variant: 'daughterboard-ble',
  version: '0.2.0',
  length: 1_234_567,
  sha256: 'ab'.repeat(32),
}

function keyPair() {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return { privateKey, point: new Uint8Array(publicKey.export({ format: 'der', type: 'spki' }).subarray(-64)) }
}

function signatureOf(text: string, key: KeyObject): Uint8Array {
  return new Uint8Array(sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' }))
}

function errorOf(opened: Result<Manifest>): string {
  return opened.ok ? 'opened' : opened.error
}

describe("an update's head", () => {
  const owner = keyPair()
  const head = encodeHead(MANIFEST, signatureOf(signedText(MANIFEST), owner.privateKey))
  const open = (bytes: Uint8Array, point = owner.point) => openHead(bytes, point, nodeVerifier)

  it('says what the owner signed', () => {
    equal(head.length, HEAD)
    const opened = open(head)
    ok(opened.ok)
    equal(JSON.stringify(opened.value), JSON.stringify(MANIFEST))
  })

  it("is refused with another's signature", () => {
    equal(open(head, keyPair().point).ok, false)
  })

  it('is refused after any bit of it has changed', () => {
    const { length } = decodeUtf8(head).trimEnd()
    for (let bit = 0; bit < 8 * HEAD; bit++) {
      const changed = head.slice()
      changed[bit >> 3]! ^= 1 << (bit & 7)
      const opened = open(changed)
      const isPadding = bit >> 3 >= length
      match(
        opened.ok ? 'opened' : opened.error,
        isPadding ? /^no signed update$/ : /^(no signed update|bad signature)$/,
        `bit ${bit}`,
      )
    }
  })

  it('is refused in any other length', () => {
    for (const length of [0, 1, HEAD - 1]) equal(errorOf(open(head.slice(0, length))), 'no signed update')
    equal(errorOf(open(Uint8Array.of(...head, 0x0a))), 'no signed update')
  })

  it('is refused without a line feed, and with one line less', () => {
    equal(errorOf(open(new Uint8Array(HEAD).fill(0x20))), 'no signed update')
    equal(errorOf(open(new Uint8Array(HEAD).fill(0x0a))), 'no signed update')
    const text = decodeUtf8(head)
    for (const line of text.trimEnd().split('\n')) {
      const shorter = new Uint8Array(HEAD).fill(0x0a)
      shorter.set(encodeUtf8(text.trimEnd().replace(`${line}\n`, '')))
      if (!line.startsWith('signature')) equal(errorOf(open(shorter)), 'no signed update', line)
    }
  })

  it('is refused where it says for which boards in something other than a word, also when the owner signed it', () => {
    for (const name of ['project', 'chip', 'variant'] as const)
      for (const word of ['', ' esp32', 'esp32 ', 'esp 32', 'esp32\0', 'é', 'x'.repeat(32)]) {
        const manifest = { ...MANIFEST, [name]: word }
        const opened = open(encodeHead(manifest, signatureOf(signedText(manifest), owner.privateKey)))
        equal(errorOf(opened), 'no signed update', `${name} ${word}`)
      }
  })

  it('is refused with a signature out of range, without asking anybody', () => {
    const never = { ...nodeVerifier, verify: () => true }
    const zero = new Uint8Array(64)
    const order = Buffer.from('ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551', 'hex')
    const one = new Uint8Array(32).fill(1)
    for (const signature of [zero, [...order, ...one], [...one, ...order], [...new Uint8Array(32), ...one]])
      equal(errorOf(openHead(encodeHead(MANIFEST, Uint8Array.from(signature)), owner.point, never)), 'bad signature')
    equal(openHead(encodeHead(MANIFEST, Uint8Array.from([...one, ...one])), owner.point, never).ok, true)
  })

  it('has values of the characters and lengths of its lines', () => {
    const always = { ...nodeVerifier, verify: () => true }
    const lines = decodeUtf8(encodeHead(MANIFEST, new Uint8Array(64).fill(1)))
      .trimEnd()
      .split('\n')
    const answer = (line: number, text: string) => {
      const changed = new Uint8Array(HEAD).fill(0x0a)
      changed.set(encodeUtf8(lines.map((old, at) => (at === line ? text : old)).join('\n')))
      return errorOf(openHead(changed, owner.point, always))
    }
    for (const [line, text, expected] of [
      [0, 'METERLOGGER UPDATE 1', 'opened'],
      [0, 'METERLOGGER UPDATE 1 ', 'no signed update'],
      [0, 'METERLOGGER UPDATE ', 'no signed update'],
      [0, ' METERLOGGER UPDATE 1', 'no signed update'],
      [1, `project=azAZ09_.-${'x'.repeat(22)}`, 'opened'],
      [1, 'project=a+', 'no signed update'],
      [1, 'project=\u{1f600}', 'no signed update'],
      [1, 'Project=a', 'no signed update'],
      [2, 'chip=\u212a', 'no signed update'],
      [4, `version=azAZ09_.-+${'x'.repeat(21)}`, 'opened'],
      [4, 'version=', 'no signed update'],
      [4, `version=${'1'.repeat(32)}`, 'no signed update'],
      [4, 'version=1\r', 'no signed update'],
      [5, 'length=1', 'opened'],
      [5, 'length=999999999', 'opened'],
      [5, 'length=1000000000', 'no signed update'],
      [5, 'length=0', 'no signed update'],
      [5, 'length=01', 'no signed update'],
      [5, 'length=', 'no signed update'],
      [5, 'length=\u0661', 'no signed update'],
      [6, `sha256=${'09af'.repeat(16)}`, 'opened'],
      [6, `sha256=${'09af'.repeat(15)}09a`, 'no signed update'],
      [6, `sha256=${'09af'.repeat(16)}0`, 'no signed update'],
      [6, `sha256=${'09aF'.repeat(16)}`, 'no signed update'],
      [6, `sha256=${'09ag'.repeat(16)}`, 'no signed update'],
      [7, `signature=${'1'.repeat(127)}`, 'no signed update'],
      [7, `signature=${'1'.repeat(129)}`, 'no signed update'],
      [7, `signature=${'1'.repeat(127)}A`, 'no signed update'],
    ] as const)
      equal(answer(line, text), expected, text)
  })
})
