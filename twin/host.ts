import { freemem } from 'node:os'
import type { Clock } from '../modules/ports/clock.js'
import type { SystemPort } from '../modules/ports/system.js'
import type { QueryTime } from '../modules/ports/time.js'
import { HostNetwork } from './host-network.js'

/** This computer, where it is the device and not only simulates one. */
export interface Host {
  readonly network: HostNetwork
  /** What is known of it; 0 where a chip would know more. */
  readonly facts: Pick<SystemPort, 'freeHeap' | 'chipId' | 'flashId' | 'flashSize' | 'supplyVoltage'>
}

/** The server's numbers have 32 bits. */
const MOST_HEAP = 0x7fffffff

export function hostOf(clock: Clock): Host {
  return {
    network: new HostNetwork(clock),
    facts: {
      freeHeap: () => Math.min(freemem(), MOST_HEAP),
      chipId: 0,
      flashId: 0,
      flashSize: 0,
      supplyVoltage: () => undefined,
    },
  }
}

/** The computer's own time, which its system sets right. Whichever server is asked. */
export const hostTime: QueryTime = () => Promise.resolve(Date.now())
