/*
 * ECDSA over P-256 (SEC 2, 2.4.2; FIPS 186-5, 6.4.2) in BigInts, to check signatures where neither Node's crypto nor the
 * SDK is: on the board rig and on XS.
 */
const P = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn
const N = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n
const B = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn
const G: Point = [
  0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296n,
  0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5n,
  1n,
]

/** Jacobian: x is X / Z^2, y is Y / Z^3; Z is 0 at infinity. */
type Point = readonly [x: bigint, y: bigint, z: bigint]
const INFINITY: Point = [1n, 1n, 0n]

/** Whether the owner of the point has signed what has this digest. @param key x and y @param signature r and s */
export function isSigned(key: Uint8Array, digest: Uint8Array, signature: Uint8Array): boolean {
  const [x, y] = halves(key)
  const [r, s] = halves(signature)
  if (x >= P || y >= P || (y * y - (x * x * x - 3n * x + B)) % P !== 0n) return false
  if (r <= 0n || r >= N || s <= 0n || s >= N) return false
  const inverse = inverseOf(s, N)
  const point = add(times(G, (numberOf(digest) * inverse) % N), times([x, y, 1n], (r * inverse) % N))
  if (point[2] === 0n) return false
  const z = inverseOf(point[2], P)
  return ((point[0] * z * z) % P) % N === r
}

function halves(bytes: Uint8Array): [bigint, bigint] {
  return [numberOf(bytes.subarray(0, 32)), numberOf(bytes.subarray(32))]
}

function numberOf(bytes: Uint8Array): bigint {
  return bytes.reduce((number, byte) => (number << 8n) | BigInt(byte), 0n)
}

function times(point: Point, factor: bigint): Point {
  let result = INFINITY
  for (const bit of factor.toString(2)) {
    result = double(result)
    if (bit === '1') result = add(result, point)
  }
  return result
}

function double([x, y, z]: Point): Point {
  const m = mod(3n * (x - z * z) * (x + z * z))
  const yy = mod(y * y)
  const s = mod(4n * x * yy)
  const x3 = mod(m * m - 2n * s)
  return [x3, mod(m * (s - x3) - 8n * yy * yy), mod(2n * y * z)]
}

function add(one: Point, other: Point): Point {
  if (one[2] === 0n) return other
  if (other[2] === 0n) return one
  const [z1, z2] = [mod(one[2] * one[2]), mod(other[2] * other[2])]
  const [u1, u2] = [mod(one[0] * z2), mod(other[0] * z1)]
  const [s1, s2] = [mod(one[1] * z2 * other[2]), mod(other[1] * z1 * one[2])]
  if (u1 === u2) return s1 === s2 ? double(one) : INFINITY
  const h = mod(u2 - u1)
  const r = mod(s2 - s1)
  const hh = mod(h * h)
  const v = mod(u1 * hh)
  const x = mod(r * r - hh * h - 2n * v)
  return [x, mod(r * (v - x) - s1 * hh * h), mod(h * one[2] * other[2])]
}

function inverseOf(number: bigint, modulus: bigint): bigint {
  let [a, b] = [((number % modulus) + modulus) % modulus, modulus]
  let [x, y] = [1n, 0n]
  while (a > 1n) {
    const quotient = b / a
    ;[a, b] = [b - quotient * a, a]
    ;[x, y] = [y - quotient * x, x]
  }
  return ((x % modulus) + modulus) % modulus
}

function mod(number: bigint): bigint {
  const rest = number % P
  return rest < 0n ? rest + P : rest
}
