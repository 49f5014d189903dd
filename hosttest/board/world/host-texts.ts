import { RELEASE } from '../../../modules/app/version.js'
import { SDK_RELEASE } from '../../../modules/device/sdk-release.js'

/** What the firmware says of its host on a board. */
export const HOST = { version: `moddable+${SDK_RELEASE}-${RELEASE}-lwip`, vdd: 'unknown' } as const
