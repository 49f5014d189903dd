/// <reference path="../globals.d.ts" />
/*
 * Bytes of UTF-8 to a string and back (MOD/xs/sources/xsString.c:577, xsDataView.c:552). This engine's own functions, which
 * are older, end a text at U+0000 and write that as two bytes. These are native too, and take nothing of the heap but their
 * result.
 */

Object.assign(String, {
  fromArrayBuffer: (buffer: ArrayBuffer, at = 0, length = buffer.byteLength - at): string =>
    fromBytes(buffer.slice(at, at + length)),
})

Object.assign(ArrayBuffer, { fromString: (text: string): ArrayBuffer => toBytes(text) })

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
