/*
 * What the SDK's C functions do with their arguments, and how they fail.
 * MOD/xs/sources/xsAPI.c, MOD/modules/io/common/builtinCommon.c.
 */

/** `xsmcToInteger`: 32 bits with a sign, what is no number is 0 (fxToInteger). */
export function toInteger(value: unknown): number {
  return (value as number) | 0
}

/** `xsmcToUnsigned` (fxToUnsigned). */
export function toUnsigned(value: unknown): number {
  return (value as number) >>> 0
}

/** `xsmcHas` of an options object; undefined and null throw there. */
export function has(options: unknown, name: string): boolean {
  if (options === undefined || options === null) throw new TypeError(`cannot coerce ${options} to object`)
  return name in Object(options)
}

/** `builtinGetPin` (builtinCommon.c:201): not undefined, not negative. */
export function toPin(value: unknown): number {
  if (value === undefined) throw new Error('invalid')
  const pin = toInteger(value)
  if (pin < 0) throw new RangeError('negative')
  return pin
}

/** `builtinGetCallback` (builtinCommon.c:105). */
export function callbackOf<T>(value: T | undefined | null): T | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'function') throw new Error('not a function')
  return value
}

const FORMATS: readonly string[] = Object.freeze([
  'number',
  'buffer',
  'string',
  'socket/tcp',
  'uint8',
  'int8',
  'uint16',
  'int16',
  'uint32',
  'int32',
  'uint64',
  'int64',
  'buffer/disposable',
])

/** `builtinInitializeFormat` (builtinCommon.c:168); undefined for one that is none. */
export function formatOf(options: { readonly format?: unknown }, standard: string): string | undefined {
  if (!has(options, 'format') || !options.format) return standard
  const format = String(options.format)
  return FORMATS.includes(format) ? format : undefined
}

/** `xsmcGetBufferReadable`: an ArrayBuffer or a view; exactly its bytes. */
export function bytesOf(value: unknown): ArrayBuffer {
  if (value instanceof ArrayBuffer) return value
  if (ArrayBuffer.isView(value))
    return value.buffer.slice(value.byteOffset, value.byteOffset + value.byteLength) as ArrayBuffer
  throw new TypeError('no buffer instance')
}

/** `xsmcGetBufferReadable` of what the world reads in place. */
export function checkBuffer(value: unknown): ArrayBuffer | ArrayBufferView {
  if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) return value
  throw new TypeError('no buffer instance')
}

/** `xsmcGetBufferWritable`. */
export function viewOf(value: unknown): Uint8Array {
  if (value instanceof ArrayBuffer) return new Uint8Array(value)
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
  throw new TypeError('no buffer instance')
}

/** `xsmcToArrayBuffer`, which takes no view (xsDataView.c, fxCheckArrayBufferInstance). */
export function toArrayBuffer(value: unknown): ArrayBuffer {
  if (!(value instanceof ArrayBuffer)) throw new TypeError('no ArrayBuffer instance')
  return value
}

/** `xsmcGetHostDataValidate` of what is closed (xsAPI.c:778). */
export function checkOpen(open: boolean): void {
  if (!open) throw new SyntaxError('C: xsGetHostData: invalid host data')
}

/** What the world answers when the native side fails: the text of `xsUnknownError`. */
export function check(error: string | undefined): void {
  if (error !== undefined) throw new Error(error)
}

/** `xsArg` beyond what was passed (xsAPI.c:1295). */
export function requireArguments(count: number, least: number): void {
  if (count < least) throw new SyntaxError(`C: xsArg(${count}): invalid index`)
}
