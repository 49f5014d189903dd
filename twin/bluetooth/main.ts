import { serveParent } from './child.js'

/** A process of its own, `dist/bluetooth.js`. */
await serveParent()
