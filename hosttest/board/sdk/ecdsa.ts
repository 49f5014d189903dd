/// <reference path="./globals.d.ts" />
import { toArrayBuffer } from 'board/native'
import type Curve from 'curve'
import type ECPoint from 'ecp'

/*
 * MOD/modules/crypt/etc/ecdsa.js, of which only verify is here: :101 the signature is r and s, cut out of an ArrayBuffer;
 * :77 r and s are not looked at: an s of 0 has no inverse, and the search for it never ends (arith/xsBigIntEx.c:189); a point
 * of another curve is computed with as well.
 */
export default class ECDSA {
  #key: ECPoint

  constructor(key: ECPoint, _curve: Curve) {
    this.#key = key
  }

  verify(digest: ArrayBuffer, signature: ArrayBuffer): boolean {
    const bytes = new Uint8Array(toArrayBuffer(signature))
    if (bytes.subarray(32).every((byte) => byte === 0)) world('chip.crash', 'ecdsa: an s of 0 never ends')
    const point = `${hexOf(this.#key.x)}${hexOf(this.#key.y)}`
    const key = Uint8Array.from({ length: 64 }, (_, i) => Number.parseInt(point.slice(2 * i, 2 * i + 2), 16))
    return world('crypt.verify', key.buffer, toArrayBuffer(digest), bytes.slice().buffer)
  }
}

function hexOf(number: bigint): string {
  return number.toString(16).padStart(64, '0')
}
