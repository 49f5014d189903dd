/** What the firmware says of its host; on the board rig `board/world/host-texts.ts` takes the place of this file. */
export const HOST = { version: 'twin-0.1.0-node', vdd: '3.299' } as const
