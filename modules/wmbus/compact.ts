import { RecordCursor } from './record-cursor.js'

/**
 * Puts the headers of a full frame before the values of a compact one, which are the bytes of `values` from `start` on.
 * Returns as many whole records as there are: fewer bytes than went in where headers and values do not fit each other.
 */
export function expandCompact(headers: Uint8Array, values: Uint8Array, start: number): Uint8Array {
  const records = new Uint8Array(headers.length + values.length - start)
  const cursor = new RecordCursor(headers, 0)
  let to = 0
  let from = start
  while (cursor.nextHeader()) {
    const { header, value, size } = cursor
    const end = from + size
    if (size < 0 || end > values.length) break
    for (let i = header; i < value; i++) records[to++] = headers[i]!
    while (from < end) records[to++] = values[from++]!
  }
  return to === records.length ? records : records.slice(0, to)
}

/** Returns the headers of the records from `start` on, one after the other. */
export function headersOf(bytes: Uint8Array, start: number): Uint8Array {
  const headers = new Uint8Array(bytes.length)
  const cursor = new RecordCursor(bytes, start)
  let to = 0
  while (cursor.next()) for (let i = cursor.header; i < cursor.value; i++) headers[to++] = bytes[i]!
  return headers.slice(0, to)
}
