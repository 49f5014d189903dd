import { RELEASE } from '../../modules/app/version.js'

/** What the firmware says of its host; on the board rig `board/world/host-texts.ts` takes the place of this file. */
export const HOST = { version: `twin-${RELEASE}-node`, vdd: '3.299' } as const
