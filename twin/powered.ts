/** The same port as long as there is power; after that, calling it has no effect and nothing comes back. */
export function powered<T extends object>(power: { readonly on: boolean }, port: T): T {
  return new Proxy(port, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target)
      if (typeof value !== 'function') return value
      return (...args: unknown[]) => (power.on ? value.apply(target, args) : undefined)
    },
  })
}
