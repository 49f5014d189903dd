import { play } from './application.js'
import { simulatedWorld } from './world.js'

void play(simulatedWorld)
