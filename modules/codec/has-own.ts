/**
 * Whether an object has a property of its own with this name. XS keeps every name that was ever looked up as a
 * property, for good (`mxKeysGarbageCollection` is off on devices): a name from outside is compared instead.
 */
export function hasOwn<T extends object>(object: T, name: string): name is Extract<keyof T, string> {
  // A list of the keys would take as much memory again.
  for (const key in object) if (key === name && Object.hasOwn(object, key)) return true
  return false
}
