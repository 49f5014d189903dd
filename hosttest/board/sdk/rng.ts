/// <reference path="./globals.d.ts" />
/*
 * MOD/modules/crypt/etc/rng.js, rng.c: :82 without init it seeds itself once, with 16 bytes of the chip's; a seed is an
 * ArrayBuffer. The bytes here are the world's.
 */
const RNG = {
  get(count: number): ArrayBuffer {
    return Uint8Array.from({ length: count }, () => world('ffi.esp_random') & 255).buffer
  },
  init(seed: ArrayBuffer): void {
    if (!(seed instanceof ArrayBuffer) || seed.byteLength === 0) throw new TypeError('no ArrayBuffer')
  },
}

export default Object.freeze(RNG)
