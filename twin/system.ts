import type { SystemPort } from '../modules/ports/system.js'

/** A machine that was just switched on; its heap is the one the documentation's sample shows. */
export const twinSystem: SystemPort = { sdk: 'twin', network: 'node', freeHeap: () => 21376, resetReason: 0 }
