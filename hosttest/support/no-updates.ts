import type { Ports } from '../../modules/app/ports.js'

/** The ports of a device that has one slot, and takes no updates. */
export const NO_UPDATES: Pick<Ports, 'slots' | 'image' | 'connectTcp' | 'verifier'> = {
  slots: undefined,
  image: { project: 'xs_esp32', chip: 'esp32', variant: 'none', version: '0.1.0' },
  connectTcp: () => ({ write: () => 0, close() {} }),
  verifier: { digest: () => ({ write() {}, close: () => new Uint8Array(32) }), verify: () => false },
}
