import { register } from 'tsx/esm/api'

register()
const { serveParent } = await import('./child.ts')
await serveParent()
