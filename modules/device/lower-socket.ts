import TCP from 'embedded:io/socket/tcp'
import { SendRoom } from './send-room.js'

/** What a socket under the MQTT client tells. */
export interface LowerEvents {
  readonly address: string
  readonly port: number
  /** TCP is connected. */
  onReached(): void
  /** So many bytes can be read now. */
  onReadable(count: number): void
  /** So many bytes can be written now. */
  onWritable(count: number): void
  /** The connection is gone, or must be given up. */
  onError(): void
  /** Why that is, before `onError`. */
  onFault(reason: string): void
}

/** The SDK's TCP as its code is; its typings leave out what `read` and `write` return when the connection is gone (tcp.c:308, 388). */
export interface LowerSocket {
  read(count: number): ArrayBuffer | undefined
  /**
   * The room that is left. Several writes with `more` and one without make one record of TLS; TCP does not know them.
   * @param options as the SDK's MQTT client gives them (mqttclient.js:169)
   */
  write(bytes: Uint8Array, options?: object): number | undefined
  close(): void
}

/** The host that TLS is spoken with. */
export interface TlsPeer {
  readonly host: string
  /** See `MqttConnectOptions`. */
  readonly certificate: string
  /** Unix seconds of now. */
  readonly unix: number
}

export type OpenTls = (events: LowerEvents, peer: TlsPeer) => LowerSocket

/** Segments under way when a packet may begin. The SDK's MQTT client writes it in up to six pieces, and asks for room only before. */
const MOST_SEGMENTS = 12

export function openTcp(events: LowerEvents): LowerSocket {
  return new LowerTcp(events)
}

class LowerTcp implements LowerSocket {
  #tcp: LowerSocket
  #sendRoom = new SendRoom(MOST_SEGMENTS)
  #isReached = false

  constructor({ address, port, onReadable, onWritable, onReached, onError }: LowerEvents) {
    const tcp: unknown = new TCP({
      address,
      port,
      nodelay: true,
      onReadable,
      onWritable: (count) => {
        if (!this.#isReached) onReached()
        this.#isReached = true
        onWritable(this.#sendRoom.told(count))
      },
      onError,
    })
    this.#tcp = tcp as LowerSocket
  }

  read(count: number): ArrayBuffer | undefined {
    return this.#tcp.read(count)
  }

  write(bytes: Uint8Array): number | undefined {
    const left = this.#tcp.write(bytes)
    return left === undefined ? undefined : this.#sendRoom.wrote(bytes.length, left)
  }

  close(): void {
    this.#tcp.close()
  }
}
