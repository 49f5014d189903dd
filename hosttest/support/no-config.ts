import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** No test sees the configuration of whoever runs it: there is nothing in this folder. */
const NOWHERE = join(tmpdir(), 'meterlogger-without-configuration')
process.env.XDG_CONFIG_HOME = NOWHERE
process.env.APPDATA = NOWHERE
