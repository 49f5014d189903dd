import type { Server } from 'node:http'
import { portOf } from '../twin/bind.js'

export interface Listening {
  /** Where it answers. */
  readonly url: string
  /** Ends its connections too. */
  close(): void
}

/** Lets a server listen. Rejects where it cannot. @param port 0 for any */
export async function listening(server: Server, address: string, port: number): Promise<Listening> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, address, resolve)
  })
  const host = address.includes(':') ? `[${address}]` : address
  return {
    url: `http://${host}:${portOf(server)}/`,
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}
