/*
 * XS as this rig builds it (hosttest/xs/host/xshost.h, mxCESU8) lacks two functions that the device's has
 * (MOD/xs/sources/xsString.c:577, xsDataView.c): bytes of UTF-8 to a string and back.
 */

Object.assign(String, {
  fromArrayBuffer(buffer: ArrayBuffer): string {
    const bytes = new Uint8Array(buffer)
    let escaped = ''
    for (const byte of bytes) escaped += `%${byte < 16 ? '0' : ''}${byte.toString(16)}`
    try {
      return decodeURIComponent(escaped)
    } catch {
      throw new TypeError('invalid UTF-8')
    }
  },
})

Object.assign(ArrayBuffer, {
  fromString(text: string): ArrayBuffer {
    const bytes: number[] = []
    for (const character of String(text)) {
      const code = character.codePointAt(0)!
      if (code < 0x80) bytes.push(code)
      else if (code < 0x800) bytes.push(0xc0 | (code >> 6), 0x80 | (code & 0x3f))
      else if (code < 0x1_0000) bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f))
      else
        bytes.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 0x3f), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f))
    }
    return Uint8Array.from(bytes).buffer
  },
})

declare global {
  interface StringConstructor {
    fromArrayBuffer(buffer: ArrayBuffer): string
  }
  interface ArrayBufferConstructor {
    fromString(text: string): ArrayBuffer
  }
}

export {}
