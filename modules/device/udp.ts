import UDP from 'embedded:io/socket/udp'
import type { UdpPort } from '../ports/udp.js'

/**
 * The SDK's class as it is; its typings know neither `close` nor that there may be nothing to read (udp.js:25, udp.c:176).
 */
interface Socket {
  read(): (ArrayBuffer & { readonly address: string; readonly port: number }) | undefined
  write(bytes: Uint8Array, address: string, port: number): void
  close(): void
}
const Sockets = UDP as unknown as new (options: {
  port: number
  onReadable(this: Socket, count: number): void
}) => Socket

/** UDP on every interface of the device. */
export const deviceUdp: UdpPort = Object.freeze({
  open(port: number, onMessage: Parameters<UdpPort['open']>[1]) {
    // A socket that is closed throws when it is asked for more.
    let isOpen = true
    const socket = new Sockets({
      port,
      onReadable(count) {
        for (let i = 0; i < count && isOpen; i++) {
          const message = this.read()
          if (message !== undefined) onMessage(new Uint8Array(message), message.address, message.port)
        }
      },
    })
    return {
      send(bytes: Uint8Array, address: string, to: number) {
        try {
          socket.write(bytes, address, to)
        } catch {
          // Lost, as any datagram may be.
        }
      },
      close() {
        isOpen = false
        socket.close()
      },
    }
  },
})
