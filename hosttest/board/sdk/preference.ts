/// <reference path="./globals.d.ts" />
import 'board/strings'
import { bytesOf, check } from 'board/native'

/*
 * MOD/modules/files/preference/preference.js, esp32/modPreference.c:
 * :41 setting opens the domain for writing, which makes it where it is not there yet, or throws "nvs_open fail";
 * :46 a key of 64 bytes or more throws before anything is touched; a longer one than 15 only when it is set (world/nvs.ts);
 * :28 the old value is erased first, and whether that worked is not looked at (the macro never sets `err`);
 * :63 a number that is not whole throws, and so does anything but boolean, number, string and ArrayBuffer (:87);
 * :96 whatever fails is "nvs set fail": full and worn out look the same, and the old value is gone;
 * :123 a domain that is not there yet has no values; :139 no value is undefined; :175 "nvs erase fail".
 */
class Preference {
  static set(domain: string, name: string, value: unknown): void {
    const key = bufferedName(name)
    check(world('nvs.open', String(domain), true))
    switch (typeof value) {
      case 'boolean':
        return check(world('nvs.set', String(domain), key, value))
      case 'number':
        if (value !== (value | 0)) throw new Error('float unsupported')
        return check(world('nvs.set', String(domain), key, value | 0))
      case 'string':
        return check(world('nvs.set', String(domain), key, value))
      default:
        if (!(value instanceof ArrayBuffer)) throw new Error('unsupported type')
        return check(world('nvs.set', String(domain), key, bytesOf(value)))
    }
  }

  static get(domain: string, name: string): unknown {
    const key = bufferedName(name)
    if (world('nvs.open', String(domain), false) !== undefined) return undefined
    return world('nvs.get', String(domain), key)
  }

  static delete(domain: string, name: string): void {
    const text = bufferedName(domain)
    const key = bufferedName(name)
    if (world('nvs.open', text, true) !== undefined) return
    check(world('nvs.erase', text, key))
  }

  static keys(domain: string): string[] {
    const keys: string = world('nvs.keys', String(domain))
    return keys === '' ? [] : keys.split('\n')
  }
}

Object.freeze(Preference.prototype)

export default Preference

/** `xsmcToStringBuffer` with room for 64 bytes. */
function bufferedName(name: unknown): string {
  const text = String(name)
  if (ArrayBuffer.fromString(text).byteLength > 63) throw new RangeError('cannot buffer string')
  return text
}
