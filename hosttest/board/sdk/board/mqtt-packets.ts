/** What is written to a socket, piece by piece, so that each piece is a call of its own as in the SDK. */
export interface Sink {
  write(bytes: Uint8Array | ArrayBuffer, options?: Following): number | undefined
}

/** What TLS makes one record of with what follows, and how much that will be in all. */
export interface Following {
  readonly more: true
  readonly byteLength?: number
}

export const MORE: Following = Object.freeze({ more: true })

/** A text with its length before it; one that is not given has no bytes at all. */
export function textField(text: string | ArrayBuffer | undefined): Uint8Array {
  if (text === undefined) return new Uint8Array(0)
  const bytes = new Uint8Array(text instanceof ArrayBuffer ? text : ArrayBuffer.fromString(text))
  const field = new Uint8Array(2 + bytes.length)
  field.set(word(bytes.length))
  field.set(bytes, 2)
  return field
}

export function word(value: number): Uint8Array {
  return Uint8Array.of(value >> 8, value)
}

/** MQTT 3.1.1, 2.2.3. */
export function remainingLength(length: number): Uint8Array {
  const bytes: number[] = []
  for (let rest = length; ; ) {
    const low = rest & 0x7f
    rest >>= 7
    bytes.push(rest > 0 && bytes.length < 3 ? low | 0x80 : low)
    if (rest === 0 || bytes.length === 4) return Uint8Array.from(bytes)
  }
}

interface Connect {
  readonly id?: string
  readonly user?: string
  readonly password?: string | ArrayBuffer
  readonly clean: boolean
  readonly will?: {
    readonly topic?: string
    readonly message?: string
    readonly QoS?: number
    readonly retain?: boolean
  }
}

/** Writes CONNECT; the room that is left. */
export function writeConnect(socket: Sink, options: Connect, keepalive: number): number {
  const { will } = options
  const id = textField(options.id)
  const topic = textField(will?.topic)
  const message = textField(will?.message)
  const user = textField(options.user)
  const password = textField(options.password)
  const fields = [id, topic, message, user, password].filter(({ length }) => length > 0)
  const flags =
    (options.clean ? 2 : 0) |
    (user.length > 0 ? 0x80 : 0) |
    (password.length > 0 ? 0x40 : 0) |
    (topic.length > 0 && message.length > 0 ? 4 : 0) |
    (will?.retain ? 0x20 : 0) |
    (((will?.QoS ?? 0) & 3) << 3)
  const payload = 10 + fields.reduce((sum, { length }) => sum + length, 0)
  const rest = remainingLength(payload)
  socket.write(Uint8Array.of(0x10), { more: true, byteLength: 1 + rest.length + payload })
  socket.write(rest, MORE)
  const head = Uint8Array.of(0, 4, 77, 81, 84, 84, 4, flags, keepalive >> 8, keepalive)
  let room = socket.write(head, fields.length > 0 ? MORE : undefined)
  // An iterator would take memory that the SDK's client does not.
  for (let i = 0; i < fields.length; i++) room = socket.write(fields[i]!, i < fields.length - 1 ? MORE : undefined)
  return room as number
}
