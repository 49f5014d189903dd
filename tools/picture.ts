import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { twinPicture } from './twin-picture.js'

/** `npm run picture`: draws the terminal of docs/twin.svg anew. */
writeFileSync(fileURLToPath(new URL('../docs/twin.svg', import.meta.url)), await twinPicture())
