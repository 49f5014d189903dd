import { deepEqual, equal } from 'node:assert/strict'
import { differences } from './names/compare.js'
import { readKept, standInDifferences, typingsDifferences, typingsTextDifferences } from './names/ours.js'
import { namesOfSource } from './names/source.js'

/** A name that the SDK has not: everything works here and nothing on a board. */
describe('names of the SDK', () => {
  const sdk = readKept()

  it('are all that the stand-ins of the board rig have', () => {
    deepEqual(standInDifferences(sdk), [])
  })

  it('are all that the typings promise', () => {
    deepEqual(typingsDifferences(sdk), [])
  })

  it('show a mode that a class has not, an argument too many and an option that nobody looks at', () => {
    const typings = `
      declare module 'pins/digital/monitor' {
        export default class Monitor {
          static readonly InputPullUp: number
          static readonly Rising: 2
          readonly rises: number
          readonly count: number
          onChanged: () => void
          constructor(options: { pin: number; edge: number; debounce: number })
          close(now: boolean): void
          rising(): void
        }
        export class Debouncer {}
      }
      declare module 'pins/touch' {}
      declare module 'mc/ffi' {
        export default class FFI {
          esp_restart(code: number): void
          esp_chip_info(): number
        }
      }`
    deepEqual(typingsTextDifferences(typings, 'typings.d.ts', sdk), [
      'pins/digital/monitor: export Debouncer: the SDK has none',
      'pins/digital/monitor: static InputPullUp: the SDK has none',
      'pins/digital/monitor: static Rising: 2, in the SDK 1',
      'pins/digital/monitor: count: the SDK has none',
      'pins/digital/monitor: close: 1 parameter, the SDK takes 0',
      'pins/digital/monitor: rising: the SDK has none',
      'pins/digital/monitor: option debounce: the SDK does not look at it',
      'pins/touch: the SDK has no such module',
      'mc/ffi: esp_restart: 1 parameters, the manifest has 0',
      'mc/ffi: esp_chip_info: no manifest binds it',
    ])
  })

  it('are read from either way in which the SDK binds its natives', () => {
    const old = namesOfSource(
      `class Pin @ "xs_pin_destructor" {
        constructor(options) @ "xs_pin"
        read() @ "xs_pin_read";
        set mode() @ "xs_pin_set_mode";
        get mode() @ "xs_pin_get_mode";
        #secret() {}
      }
      Pin.Low = 1 << 2;
      export default Pin;`,
      'old.js',
      (native) => (native === 'xs_pin_read' ? 2 : 0),
    )
    const names = { parameters: 1, static: { Low: { value: 4 } }, instance: { read: 2, mode: 'get set' } }
    deepEqual(old, { exports: { default: 'Pin' }, classes: { Pin: names } })
    const today = namesOfSource(
      `class Pin extends Native("xs_pin_destructor") {
        constructor(options) { super(); native("xs_pin").call(this, options); }
        read() { return native("xs_pin_read").call(this); }
        get mode() { return native("xs_pin_get_mode").call(this); }
        set mode(value) { native("xs_pin_set_mode").call(this, value); }
        static Low = 4
      }
      export default Pin;`,
      'today.js',
      (native) => (native === 'xs_pin_read' ? 2 : 0),
    )
    deepEqual(today, old)
  })

  it('differ where a stand-in is another thing of the same name', () => {
    const standIn = `export default class Time {
      static ticks() {}
      static set = 1
      static get delta() { return 0 }
    }`
    deepEqual(differences('time', namesOfSource(standIn, 'time.ts'), sdk.modules.time), [
      'time: static ticks: a method, in the SDK it is an accessor',
      'time: static set: a value, in the SDK it is a method',
      'time: static delta: an accessor, in the SDK it is a method',
    ])
    equal(sdk.modules.time?.file, 'modules/base/time/time.js')
  })
})
