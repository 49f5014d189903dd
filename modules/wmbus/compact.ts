import { RecordCursor } from './record-cursor.js'

/**
 * The records that a compact frame's values stand for, as in a full frame: each header of the list with the next bytes
 * of `values[start..end)`. With `isCut`, as many whole records as there are; else undefined when the lengths differ.
 */
export function expandCompact(
  headers: Uint8Array,
  values: Uint8Array,
  start: number,
  end: number,
  isCut = false,
): Uint8Array | undefined {
  const records = new Uint8Array(headers.length + end - start)
  const cursor = new RecordCursor(headers, 0, headers.length)
  let to = 0
  let from = start
  while (cursor.nextHeader()) {
    const { value, size } = cursor
    if (size < 0 || from + size > end) return isCut ? records.slice(0, to) : undefined
    for (let i = cursor.header; i < value; i++) records[to++] = headers[i]!
    for (let i = 0; i < size; i++) records[to++] = values[from++]!
  }
  return to === records.length ? records : undefined
}

/** The headers of the records that the cursor goes over, one after the other. */
export function headersOf(cursor: RecordCursor): Uint8Array {
  const headers = new Uint8Array(cursor.end)
  let to = 0
  while (cursor.next()) for (let i = cursor.header; i < cursor.value; i++) headers[to++] = cursor.bytes[i]!
  return headers.slice(0, to)
}
