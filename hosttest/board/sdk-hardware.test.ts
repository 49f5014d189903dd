import { deepEqual, match, ok } from 'node:assert/strict'
import { needsMachine } from '../xs/needs-machine.js'
import { play } from './hardware-run.js'

describe("the SDK's hardware modules, as the board rig has them", function () {
  needsMachine(this)

  describe('time', () => {
    const imports = `import Time from 'time'\nimport Timer from 'timer'`

    it('counts ticks in 32 bits with a sign from the last start on, and takes differences over the wrap', async () => {
      const { told } = await play({
        imports,
        main: `
          tell(Time.ticks, Time.delta(0x7ffffff0, -0x7ffffff0), Time.delta(-1, 1), Time.delta(Time.ticks))
          tell(Time.delta(5, undefined))
          Timer.set(() => tell(Time.ticks), 1000)`,
        world: `
          await clock.run(5_000)
          time.ticksAtBoot = 2 ** 31 - 500
          hardware.powerOn()
          await clock.run(2_000)`,
      })
      deepEqual(told, [[2 ** 31 - 500, 32, 2, 0], [-5], [-(2 ** 31) + 500]])
    })

    it('lets the device clear what is no timer, one that has called back, and the one that calls back', async () => {
      const { told } = await play({
        imports: `import { DeviceClock } from 'device/clock'`,
        main: `
          const clock = new DeviceClock()
          const done = clock.set(() => tell('done'), 10)
          const own = clock.set(() => { clock.clear(own); tell('own') }, 20)
          const never = clock.set(() => tell('never'), 30)
          clock.set(() => {
            for (const timer of [undefined, done, own, never, never]) clock.clear(timer)
            clock.set(() => tell('next'), -1)
          }, 25)`,
        world: 'hardware.powerOn()\nawait clock.run(1_000)',
      })
      deepEqual(told, [['done'], ['own'], ['next']])
    })

    it('sets whole seconds of 32 bits, at once and over a restart, but not over power', async () => {
      const { told } = await play({
        imports: `${imports}\nimport FFI from 'mc/ffi'`,
        main: `
          tell(Date.now())
          if (Date.now() > 100_000) return
          Time.set(1_800_000_000.9)
          tell(Date.now())
          Timer.set(() => { tell(Date.now()); new FFI().esp_restart(); tell('still there') }, 700)`,
        world: `
          hardware.powerOn()
          await clock.run(2_000)
          hardware.powerOff()
          await clock.run(1_000)
          hardware.powerOn()`,
      })
      deepEqual(told, [[0], [1_800_000_000_000], [1_800_000_000_700], [1_800_000_001_000], [0], [1_800_000_000_000]])
    })
  })

  describe('preference', () => {
    const imports = `import Preference from 'preference'`

    it('is empty when it comes from the factory, and keeps four types over power', async () => {
      const { told } = await play({
        imports,
        main: `
          tell(...['b', 'n', 's', 'a', 'x'].map((key) => {
            const value = Preference.get('d', key)
            return value instanceof ArrayBuffer ? [...new Uint8Array(value)] : value ?? 'undefined'
          }))
          Preference.set('d', 'b', true)
          Preference.set('d', 'n', -7)
          Preference.set('d', 's', 'tekst')
          Preference.set('d', 'a', Uint8Array.of(1, 2).buffer)
          tell(Preference.keys('d'))
          Preference.delete('d', 'x')
          Preference.delete('e', 'x')`,
        world: 'hardware.powerOn()\nhardware.powerOff()\nhardware.powerOn()',
      })
      deepEqual(told[0], Array(5).fill('undefined'))
      deepEqual(told[2], [true, -7, 'tekst', [1, 2], 'undefined'])
      deepEqual(told[3], [['b', 'n', 's', 'a']])
    })

    it('refuses what NVS has no type for, and names that are too long', async () => {
      const { told } = await play({
        imports,
        main: `
          const set = (key, value) => thrown(() => Preference.set('d', key, value))
          tell(set('k', 0.5), set('k', 2 ** 31), set('k', undefined), set('k', Uint8Array.of(1)))
          Preference.set('d', 'a123456789b1234', 'old')
          tell(Preference.get('d', 'a123456789b1234x'))
          tell(set('a123456789b1234x', 'new'), Preference.get('d', 'a123456789b1234') ?? 'gone')
          tell(thrown(() => Preference.set('domain7890123456', 'k', 1)))
          tell(thrown(() => Preference.get('d', 'k'.repeat(64))))`,
      })
      deepEqual(told, [
        [...Array(2).fill('Error: float unsupported'), ...Array(2).fill('Error: unsupported type')],
        ['old'],
        ['Error: nvs set fail', 'gone'],
        ['Error: nvs_open fail'],
        ['RangeError: cannot buffer string'],
      ])
    })

    it('loses the old value where there is no room for the new one, and keeps it where the flash is worn out', async () => {
      const { told } = await play({
        imports,
        main: `
          if (Preference.get('d', 'k') === undefined) return Preference.set('d', 'k', 'old')
          tell(thrown(() => Preference.set('d', 'k', new ArrayBuffer(400))), Preference.get('d', 'k') ?? 'gone')`,
        world: `
          hardware.powerOn()
          nvs.worn = true
          hardware.powerOn()
          nvs.worn = false
          nvs.othersEntries += nvs.freeEntries - 5
          hardware.powerOn()`,
      })
      deepEqual(told, [
        ['Error: nvs set fail', 'old'],
        ['Error: nvs set fail', 'gone'],
      ])
    })

    it('can lose power between the old value and the new one', async () => {
      const { told, lines } = await play({
        imports,
        main: `
          tell(Preference.get('d', 'k') ?? 'nothing')
          Preference.set('d', 'k', Preference.get('d', 'k') === 'old' ? 'new' : 'old')
          tell('set')`,
        world: `
          hardware.powerOn()
          nvs.cutAt = nvs.steps + 1
          hardware.powerOn()
          print(String(alive()))
          hardware.powerOn()`,
      })
      deepEqual(told, [['nothing'], ['set'], ['old'], ['nothing'], ['set']])
      deepEqual(lines, ['false'])
    })
  })

  describe('embedded:storage/flash', () => {
    const imports = `import flash from 'embedded:storage/flash'`

    it('has the partitions that the firmware is built with, and opens those of data', async () => {
      const { told } = await play({
        imports,
        main: `
          tell(...flash)
          const open = (options) => thrown(() => flash.open(options).status())
          tell(open({ path: 'journal' }), open({ path: 'ota_0' }), open({ path: 'nextota' }), open({}))
          tell(open({ path: 'journal', mode: 'w' }), open({ path: 'journal', mode: 'r', format: 'number' }))`,
      })
      deepEqual(told, [
        ['nvs', 'phy_init', 'ota_0', 'ota_1', 'otadata', 'journal'],
        [
          { size: 0xc0000, blockLength: 4096, blocks: 192 },
          "Error: can't find partition",
          { size: 0x190000, blockLength: 4096, blocks: 400 },
          'Error: no path',
        ],
        ['Error: invalid mode', 'RangeError: unsupported'],
      ])
    })

    it('has one image and no slot for another one in builds with BLE or TLS', async () => {
      for (const manifest of ['manifests/daughterboard-ble.json', 'manifests/devkit-tls.json']) {
        const { told } = await play({
          manifest,
          imports: `${imports}\nimport FFI from 'mc/ffi'`,
          main: `
            tell(...flash)
            const open = (path) => thrown(() => flash.open({ path }).status())
            tell(open('running'), open('nextota'), [...new Uint8Array(flash.open({ path: 'running' }).read(1, 0x32ffff))])
            const idf = new FFI()
            const running = idf.esp_ota_get_running_partition()
            const state = idf.esp_ota_get_state_partition(running, new ArrayBuffer(4))
            tell(running !== 0, idf.esp_ota_get_next_update_partition(0), idf.esp_partition_find_first(0, 0x10, 0), state)
            tell(idf.esp_partition_find_first(0, 0, 0) === running, idf.esp_ota_set_boot_partition(running))
            tell(idf.esp_ota_mark_app_valid_cancel_rollback(), idf.esp_ota_mark_app_invalid_rollback_and_reboot())`,
        })
        deepEqual(told, [
          ['nvs', 'phy_init', 'factory', 'journal'],
          [{ size: 0x330000, blockLength: 4096, blocks: 816 }, "Error: can't find partition", [255]],
          [true, 0, 0, 0x106],
          [true, 0x105],
          [0x105, 0x105],
        ])
      }
    })

    it('reads into a buffer or a new one, clears bits alone, and throws beyond its end', async () => {
      const { told, lines } = await play({
        imports,
        main: `
          const journal = flash.open({ path: 'journal', mode: 'r+' })
          const { size } = journal.status()
          const into = new Uint8Array(4)
          tell(journal.read(into.subarray(1, 3), 0), [...into])
          journal.write(Uint8Array.of(0xf0, 0x0f), 10)
          journal.write(Uint8Array.of(0x3c), 10)
          tell([...new Uint8Array(journal.read(3, 10))])
          journal.eraseBlock(0)
          tell([...new Uint8Array(journal.read(3, 10))])
          tell(thrown(() => journal.read(2, size - 1)), thrown(() => journal.write(into, size - 3)))
          tell(thrown(() => journal.eraseBlock(192)), thrown(() => journal.read(into)))
          const reader = flash.open({ path: 'journal', mode: 'r' })
          tell(thrown(() => reader.write(into, 0)), thrown(() => reader.eraseBlock(0)))
          journal.close()
          journal.close()
          tell(thrown(() => journal.read(1, 0)))`,
        world: 'hardware.powerOn()\nprint(String(flash.overwrites))',
      })
      deepEqual(told, [
        [2, [0, 255, 255, 0]],
        [[0x30, 0x0f, 0xff]],
        [[255, 255, 255]],
        ['Error: read failed', 'Error: write failed'],
        ['Error: erase failed', 'SyntaxError: C: xsArg(1): invalid index'],
        ['Error: read-only', 'Error: read-only'],
        ['SyntaxError: C: xsGetHostData: invalid host data'],
      ])
      deepEqual(lines, ['1'])
    })

    it('can lose power in the midst of a write', async () => {
      const { told } = await play({
        imports,
        main: `
          const journal = flash.open({ path: 'journal', mode: 'r+' })
          const bytes = [...new Uint8Array(journal.read(4, 0))]
          tell(bytes[0], bytes[3])
          journal.write(Uint8Array.of(1, 2, 3, 4), 0)
          tell('written')`,
        world: `
          flash.journal.cutAt = 2
          hardware.powerOn()
          hardware.powerOn()`,
      })
      deepEqual(told, [[255, 255], [1, 255], ['written']])
    })

    it('holds up the main task while it erases', async () => {
      const { told } = await play({
        imports: `${imports}\nimport Time from 'time'\nimport Timer from 'timer'`,
        main: `
          const journal = flash.open({ path: 'journal', mode: 'r+' })
          Timer.set(() => tell(Time.ticks), 10)
          journal.eraseBlock(0, 2)
          tell(Time.ticks)`,
        world: 'hardware.powerOn()\nawait clock.run(1_000)',
      })
      deepEqual(told, [[90], [90]])
    })

    it('is restarted by the watchdog where erasing takes more than 30 s', async () => {
      const { told, lines } = await play({
        imports,
        main: `
          flash.open({ path: 'journal', mode: 'r+' }).eraseBlock(0, 192)
          tell('erased')`,
        world: `
          hardware.powerOn()
          flash.eraseTime = 400
          hardware.powerOn()
          await clock.run(10)
          print(alive() + ' ' + clock.now())
          hardware.powerOff()`,
      })
      deepEqual(told, [['erased']])
      deepEqual(lines, ['false 10'])
    })
  })

  describe('crypt', () => {
    const imports = `import { BlockCipher, Digest, Mode } from 'crypt'`
    const hex = `const hex = (buffer) => [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
      const bytes = (text) => Uint8Array.from(text.match(/../g), (pair) => parseInt(pair, 16)).buffer`

    it('computes SHA-256 and AES-CBC as everybody does', async () => {
      const { told } = await play({
        imports,
        main: `${hex}
          const digest = new Digest('SHA256')
          digest.write('ab')
          digest.write(Uint8Array.of(0x63))
          tell(hex(digest.close()), thrown(() => { new Digest('SHA3') }))
          // NIST SP 800-38A, F.2.1
          const key = bytes('2b7e151628aed2a6abf7158809cf4f3c')
          const iv = bytes('000102030405060708090a0b0c0d0e0f')
          const plain = bytes('6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51')
          const mode = new Mode('CBC', new BlockCipher('AES', key), iv)
          tell(hex(mode.encrypt(plain.slice(0, 16))), hex(mode.encrypt(plain.slice(16))))
          mode.setIV(iv)
          tell(hex(mode.decrypt(bytes('7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2'))))`,
      })
      deepEqual(told, [
        ['ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad', 'Error: crypt: unsupported digest'],
        ['7649abac8119b246cee98e9b12e9197d', '5086cb9b507219ee95db113a917678b2'],
        ['6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51'],
      ])
    })

    it('takes keys and IVs as ArrayBuffers alone, leaves a partial block, and writes padding over the heap', async () => {
      const { told, lines } = await play({
        imports,
        main: `${hex}
          const key = new Uint8Array(16)
          tell(thrown(() => { new BlockCipher('AES', key) }), thrown(() => { new BlockCipher('AES', new ArrayBuffer(8)) }))
          const cipher = new BlockCipher('AES', key.buffer)
          tell(thrown(() => { new Mode('CBC', cipher, key) }), thrown(() => { new Mode('OFB', cipher) }))
          const mode = new Mode('CBC', cipher, key.buffer, true)
          const part = hex(mode.encrypt(new Uint8Array(20)))
          tell(part.length / 2, part.slice(32), mode.decrypt(new Uint8Array(20)).byteLength)
          tell(thrown(() => mode.encrypt(new ArrayBuffer(32), new ArrayBuffer(16))))
          mode.eof = true
          mode.encrypt(new ArrayBuffer(16))
          tell('still there')`,
        world: 'hardware.powerOn()\nprint(hardware.faults.join())',
      })
      deepEqual(told, [
        ['TypeError: no ArrayBuffer instance', 'Error: bad key size'],
        ['TypeError: no ArrayBuffer instance', 'Error: unsupported mode'],
        [20, '00000000', 16],
        ['Error: output too small'],
      ])
      deepEqual(lines, ['crypt: padding behind the end of the result'])
    })

    it('has as much of the heap for a cipher and for a mode as their native records take', async () => {
      const { lines } = await play({
        imports: `${imports}\nimport Timer from 'timer'`,
        main: `
          const key = new ArrayBuffer(16)
          const made = new Array(200).fill(0)
          Timer.set(() => { for (let i = 0; i < 100; i++) made[i] = new BlockCipher('AES', key) }, 10)
          Timer.set(() => { for (let i = 0; i < 100; i++) made[100 + i] = new Mode('CBC', made[i], key) }, 20)
          Timer.set(() => made.length, 100)`,
        world: `
          const chunks = []
          hardware.powerOn()
          for (let i = 0; i < 3; i++) {
            collect()
            chunks.push(stat(0))
            await clock.run(10)
          }
          print(JSON.stringify(chunks.slice(1).map((bytes, i) => (bytes - chunks[i]) / 100)))`,
      })
      const [cipher, mode] = JSON.parse(lines.at(-1)!) as [number, number]
      ok(cipher >= 300 && cipher < 330, `${cipher} bytes of chunks for a cipher`)
      ok(mode >= 36 && mode < 64, `${mode} bytes of chunks for a mode`)
    })
  })

  describe('mc/ffi', () => {
    it('has the functions of the manifest alone, wants all arguments, fills buffers and takes no views', async () => {
      const { told } = await play({
        imports: `import FFI from 'mc/ffi'`,
        main: `
          const idf = new FFI()
          tell(thrown(() => idf.esp_flash_read_id(0)), thrown(() => idf.esp_chip_info()))
          const out = new Uint32Array(1)
          tell(idf.esp_flash_read_id(0, out.buffer), out[0].toString(16), thrown(() => idf.esp_flash_get_size(0, out)))
          tell(thrown(() => idf.esp_flash_get_size(0, new ArrayBuffer(2))))
          tell(idf.esp_reset_reason(), idf.esp_random() !== idf.esp_random())`,
      })
      match(told[0][0], /^SyntaxError: C: xsArg\(1\)/)
      match(told[0][1], /^TypeError/)
      deepEqual(told.slice(1), [
        [0, 'c84016', 'TypeError: no ArrayBuffer instance'],
        ['RangeError: invalid buffer size 2'],
        [1, true],
      ])
    })
  })
})
