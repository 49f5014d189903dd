import { play } from './application.js'
import { plainWorld } from './world.js'

void play(plainWorld)
