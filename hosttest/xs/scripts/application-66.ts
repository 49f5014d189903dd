import { play } from './application.js'
import { simulatedWorld66 } from './world.js'

void play(simulatedWorld66, { EN61107: '1' })
