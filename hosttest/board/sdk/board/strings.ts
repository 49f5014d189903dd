/// <reference path="../globals.d.ts" />
/*
 * XS as this rig builds it (mxCESU8) lacks functions that the device's has (MOD/xs/sources/xsString.c:577,
 * xsDataView.c:552): bytes of UTF-8 to a string and back. They are native there and here, and take nothing of the heap
 * but their result.
 */

Object.assign(String, {
  fromArrayBuffer: (buffer: ArrayBuffer, at = 0, length = buffer.byteLength - at): string =>
    fromBytes(buffer.slice(at, at + length)),
})

Object.assign(ArrayBuffer, { fromString: (text: string): ArrayBuffer => toBytes(text) })

Object.assign(BigInt, {
  fromArrayBuffer: (buffer: ArrayBuffer): bigint =>
    new Uint8Array(buffer).reduce((number, byte) => (number << 8n) | BigInt(byte), 0n),
})

declare global {
  interface BigIntConstructor {
    fromArrayBuffer(buffer: ArrayBuffer): bigint
  }
  interface StringConstructor {
    fromArrayBuffer(buffer: ArrayBuffer, at?: number, length?: number): string
  }
  interface ArrayBufferConstructor {
    fromString(text: string): ArrayBuffer
  }
}

export {}
