/*
 * MOD/modules/crypt/arith/ecp.js: the coordinates are BigInts, and nothing looks whether the point is on a curve.
 */
export default class ECPoint {
  x: bigint
  y: bigint
  z: bigint

  constructor(x: bigint, y: bigint, identity = false) {
    this.x = x
    this.y = y
    this.z = identity ? 0n : 1n
  }

  get X(): bigint {
    return this.x
  }

  get Y(): bigint {
    return this.y
  }
}
