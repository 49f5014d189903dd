import type { PortalDevice } from '../../modules/portal/device.js'
import { HttpServer } from '../../modules/portal/http-server.js'
import { PortalSite } from '../../modules/portal/site.js'
import type { PortalUpdate } from '../../modules/portal/update-device.js'
import { RealClock } from '../../twin/clock.js'
import { NodeListener } from '../../twin/listener.js'

export interface ServedPortal {
  /** `http://127.0.0.1:PORT` */
  readonly url: string
  close(): void
}

/** Serves the portal's pages on a port of this computer. */
export async function servePortal(device: PortalDevice, name: string, update?: PortalUpdate): Promise<ServedPortal> {
  const listener = await NodeListener.from(0)
  const host = `127.0.0.1:${listener.port}`
  const site = new PortalSite({ device, update, host: () => host, name, onActivity() {} })
  const server = new HttpServer({
    clock: new RealClock(),
    listener,
    port: listener.port,
    accepts: () => true,
    respond: (request) => site.respond(request),
  })
  return {
    url: `http://${host}`,
    close() {
      server.close()
      listener.close()
    },
  }
}
