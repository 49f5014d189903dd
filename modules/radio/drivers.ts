// The radio meters of this firmware: one line a driver. Their order means nothing; Biome sorts them.
export { kamheat } from './drivers/kamheat.js'
export { kampress } from './drivers/kampress.js'
export { kamwater } from './drivers/kamwater.js'
export { multical62 } from './drivers/multical62.js'
export { omnipower } from './drivers/omnipower.js'
