/** The part of node:assert/strict that the suites use, for an engine that has no Node. */

function fail(message: unknown, fallback: string): never {
  if (message instanceof Error) throw message
  throw new Error(message === undefined ? fallback : String(message))
}

export function ok(value: unknown, message?: unknown): asserts value {
  if (!value) fail(message, `expected something true, got ${show(value)}`)
}

export function equal(actual: unknown, expected: unknown, message?: unknown): void {
  if (!Object.is(actual, expected)) fail(message, `expected ${show(expected)}, got ${show(actual)}`)
}

export function notEqual(actual: unknown, expected: unknown, message?: unknown): void {
  if (Object.is(actual, expected)) fail(message, `expected anything but ${show(expected)}`)
}

export function deepEqual(actual: unknown, expected: unknown, message?: unknown): void {
  if (!same(actual, expected)) fail(message, `expected ${show(expected)}, got ${show(actual)}`)
}

export function match(actual: string, expected: RegExp, message?: unknown): void {
  if (!expected.test(actual)) fail(message, `expected ${expected}, got ${show(actual)}`)
}

export function throws(run: () => unknown, expected?: RegExp): void {
  try {
    run()
  } catch (error) {
    if (expected !== undefined) match(String(error), expected)
    return
  }
  fail(undefined, 'expected an exception')
}

function same(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false
  const keys = Object.keys(a)
  if (keys.length !== Object.keys(b).length) return false
  return keys.every((key) => Object.hasOwn(b, key) && same(Reflect.get(a, key), Reflect.get(b, key)))
}

function show(value: unknown): string {
  return value === undefined || typeof value === 'bigint' ? String(value) : JSON.stringify(value)
}
