/// <reference path="../globals.d.ts" />
import { toArrayBuffer } from './native.js'

/**
 * What MOD/tools/ffi.js:391 generates for each function: arguments are taken from left to right, a missing one throws
 * (MOD/xs/sources/xsffi.c:10, xsAPI.c:1295), what is too many is not looked at. Numbers cross as they are, a string
 * as text, an ArrayBuffer as a pointer to its bytes; a view of one throws.
 *
 * The world answers with a number or nothing, or, where the function has filled the buffer it was given, with an
 * ArrayBuffer: the result as 32 bits, then the bytes.
 */
export function invoke(name: string, count: number, values: readonly unknown[]): number | undefined {
  if (values.length < count) throw new SyntaxError(`C: xsArg(${values.length}): invalid index`)
  const passed = values.slice(0, count).map(convert)
  const result: number | ArrayBuffer | undefined = world(`ffi.${name}`, ...passed)
  if (!(result instanceof ArrayBuffer)) return result
  const out = passed.find((value) => value instanceof ArrayBuffer) as ArrayBuffer
  const filled = new Uint8Array(result, 4)
  if (out.byteLength < filled.length) throw new RangeError(`invalid buffer size ${out.byteLength}`)
  new Uint8Array(out).set(filled)
  return new DataView(result).getInt32(0, true)
}

function convert(value: unknown): number | string | ArrayBuffer {
  if (typeof value === 'object' && value !== null) return toArrayBuffer(value)
  return typeof value === 'string' ? value : Number(value ?? 0)
}
