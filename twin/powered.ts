/** Wraps a port: once power is gone, a call has no effect and returns nothing. */
export function powered<T extends object>(power: { readonly on: boolean }, port: T): T {
  return new Proxy(port, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target)
      if (typeof value !== 'function') return value
      return (...args: unknown[]) => (power.on ? value.apply(target, args) : undefined)
    },
  })
}
