/**
 * What the native side of the SDK's modules keeps on a board: the callbacks it holds. It lives in the board's own
 * memory, while the stand-ins are preloaded and read-only.
 */

type Callback = (...values: never[]) => void

const callbacks = new Map<number, Callback>()
const print = globalThis.trace
let last = 0

Object.assign(globalThis, {
  /** Keeps a callback for the world to call; the number names it. */
  hold(callback: Callback): number {
    callbacks.set(++last, callback)
    return last
  },
  /** The native side has let go of it. */
  drop(handle: number): void {
    callbacks.delete(handle)
  },
  // The device's takes nothing of the heap: the world puts the parts together.
  trace(...items: unknown[]): void {
    for (let i = 0; i < items.length; i++) if (typeof items[i] === 'object') items[i] = String(items[i])
    print(...items)
    world('trace', ...(items as string[]))
  },
  /** A message to a callback that is gone is lost. */
  dispatch(handle: number, ...values: never[]): void {
    callbacks.get(handle)?.(...values)
  },
})

export {}
