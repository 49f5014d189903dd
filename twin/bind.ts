import type { Server } from 'node:net'

/** How many ports it tries. */
const PORTS = 100

/** Listens on 127.0.0.1 at `port`, or the next one that is free; 0 is any. Rejects with the error of the last. */
export async function bindNext(server: Server, port: number): Promise<void> {
  for (let next = port; ; next++) {
    try {
      return await bind(server, next)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || next === port + PORTS || next === 65_535)
        throw error
    }
  }
}

/** Listens on 127.0.0.1 at `port`; rejects when that cannot be. */
export function bind(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject)
      resolve()
    })
  })
}

/** Where a server listens. */
export function portOf(server: Server): number {
  return (server.address() as { port: number }).port
}
