import type { SystemPort } from '../modules/ports/system.js'

/** A simulated machine. Its free heap is the figure of the documentation's sample. */
export function twinSystem(
  resetReason: number,
  restart: () => void,
  time: Pick<SystemPort, 'keptTime' | 'keepTime'> = { keptTime: () => undefined, keepTime: () => {} },
  print: (text: string) => void = () => {},
): SystemPort {
  return {
    sdk: 'twin',
    network: 'node',
    freeHeap: () => 21376,
    resetReason,
    abortCause: undefined,
    chipId: 0x00c0de,
    flashId: 0x164020,
    flashSize: 4 << 20,
    supplyVoltage: () => 3299,
    ...time,
    print,
    restart,
  }
}
