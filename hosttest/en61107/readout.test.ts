import { deepEqual, equal, ok } from 'node:assert/strict'
import { fromHex, toHex } from '../../modules/codec/hex.js'
import { decodeReadout } from '../../modules/en61107/readout.js'
import {
  decodeStandardData,
  INSTANTANEOUS,
  STANDARD_1,
  STANDARD_2,
  scaleOf,
} from '../../modules/en61107/standard-data.js'
import { INVALID, withEvenParity, withoutParity } from '../../modules/meters/parity.js'
import { vectors } from '../support/vectors.js'

function block(text: string): Uint8Array {
  const [head, body] = text.split('\x02') as [string, string]
  let sum = 3
  for (let i = 0; i < body.length; i++) sum += body.charCodeAt(i)
  const all = `${head}\x02${body}\x03${String.fromCharCode(sum & 0x7f)}`
  return Uint8Array.from(all, (character) => character.charCodeAt(0))
}

function error(bytes: Uint8Array): string {
  const readout = decodeReadout(bytes)
  return readout.ok ? '' : readout.error
}

describe('a data block', () => {
  it('has its totals in lines of their own, or not', () => {
    for (const end of ['\r\n', '']) {
      const sets = ['0.0(00000060017)', '6.8(0507.109*MWh)', '6.26(12966.26*m3)', '6.31(0032673*h)!\r\n']
      deepEqual(decodeReadout(block(`/KAM MC\r\n\x02${sets.join(end)}`)), {
        ok: true,
        value: {
          ident: 'KAM MC',
          serial: '60017',
          energy: { value: '507.109', unit: 'MWh' },
          volume: { value: '12966.26', unit: 'm3' },
          hours: { value: '32673', unit: 'h' },
        },
      })
    }
  })

  it('may lack an energy, and hold sets nobody knows', () => {
    const readout = decodeReadout(block('/KAM MC\r\n\x020.0(1)6.8()6.26(1.5*m3)9.9(x)6.31(7*h)!\r\n'))
    ok(readout.ok)
    deepEqual([readout.value.energy, readout.value.volume?.value], [undefined, '1.5'])
  })

  it('keeps a customer number of eleven digits that no 32 bits hold', () => {
    const readout = decodeReadout(block('/KAM MC\r\n\x020.0(99999999999)6.31(7*h)!\r\n'))
    equal(readout.ok && readout.value.serial, '99999999999')
  })

  it('begins behind the last / and whatever came before, and ends its lines with LF alone too', () => {
    for (const head of ['/KAM MC\n', '/?!\r\n/KAM MC\r\n', '\xff\x00noise/KAM MC  \r\n']) {
      const readout = decodeReadout(block(`${head}\x020.0(10)6.31(7*h)\n6.8(1.0*MWh) !\n`))
      deepEqual(readout.ok && [readout.value.ident, readout.value.serial, readout.value.energy?.value], [
        'KAM MC',
        '10',
        '1.0',
      ])
    }
    equal(error(block('/K\r\n\x02\r\n0.0(1)!')), '')
    equal(error(block('KAM/MC\x02\r\n0.0(1)!')), 'ident: expected / and printable characters')
    equal(error(block(`/${'K'.repeat(33)}\r\n\x020.0(1)!`)), 'ident: expected / and printable characters')
    equal(error(block('KAM\r\n\x020.0(1)!')), 'ident: expected / and printable characters')
    equal(error(block('x\n/K\r\x020.0(1)!')), 'ident: expected / and printable characters')
  })

  it('has the customer number under the first address that begins with 0, digits and at most 12', () => {
    const serial = (sets: string) => {
      const readout = decodeReadout(block(`/K\r\n\x02${sets}6.31(7*h)!`))
      return readout.ok ? readout.value.serial : readout.error
    }
    equal(serial('6.8(1*MWh)0.0(00100)'), '100')
    equal(serial('1.0(9)0.9(000012)0.0(7)'), '12')
    equal(serial('0.0(123456789012)'), '123456789012')
    for (const wrong of ['1234567890123', '12x', 'x12', '1 2', '', 'undefined'])
      equal(serial(`0.0(${wrong})`), '0.0: expected a customer number', wrong)
    equal(serial('1.0(9)'), '0.0: expected a customer number')
  })

  it('has totals that are digits with a unit, and leaves out what is not', () => {
    const energy = (value: string) => {
      const readout = decodeReadout(block(`/K\r\n\x020.0(1)6.8(${value})!`))
      return readout.ok ? readout.value.energy : readout.error
    }
    deepEqual(energy('0000.100*MWh'), { value: '0.100', unit: 'MWh' })
    deepEqual(energy('0000000*GJ'), { value: '0', unit: 'GJ' })
    for (const unit of ['kWh', 'Gcal']) deepEqual(energy(`0000012*${unit}`), { value: '12', unit })
    for (const value of ['', 'x1.0*MWh', '-1*MWh', '1.0', '1.0*', '1.*MWh', '.5*MWh', '1*MWh*', '1*MWhhh', '1*M h'])
      equal(energy(value), undefined, value)
    for (const [value, digits] of [
      ['0*GJ', '0'],
      ['00.0*GJ', '0.0'],
      ['10.00*GJ', '10.00'],
      ['0100*GJ', '100'],
    ] as const)
      deepEqual(energy(value), { value: digits, unit: 'GJ' }, value)
    for (const value of [
      '*GJ',
      '0',
      '1..0*GJ',
      '1.2.3*GJ',
      '1 *GJ',
      '1* GJ',
      '1*GJ ',
      '1*GJ*',
      '1**GJ',
      '1*gj',
      '1*.5*GJ',
    ])
      equal(energy(value), undefined, value)
  })

  it('has an identification of 1 to 32 characters, without the blanks behind it', () => {
    const ident = (head: string) => {
      const readout = decodeReadout(block(`${head}\x020.0(1)!`))
      return readout.ok ? readout.value.ident : undefined
    }
    const longest = 'K'.repeat(32)
    for (const [head, expected] of [
      [`/${longest}\n`, longest],
      [`/${longest}${' '.repeat(40)}\r\n`, longest],
      ['/ K  M \n', ' K  M'],
      ['/ \n', ' '],
      [`/${' '.repeat(40)}\n`, ' '],
      ['/K\nnoise', 'K'],
      ['/A\n/~\n', '~'],
    ] as const)
      equal(ident(head), expected, head)
    for (const head of [
      '',
      '/',
      '/K',
      '/\n',
      '/\r\n',
      '/K\r',
      '/K\r\r\n',
      '/K\r \n',
      '/K\t\n',
      '/K\x7f\n',
      '/\xe9\n',
      'K\n',
    ])
      equal(ident(head), undefined, head)
    equal(ident(`/${longest} K\n`), undefined)
  })

  it('has addresses of at most 16 characters and values of at most 32, with blanks behind them', () => {
    const address = '0.*:456789012345'
    equal(error(block(`/K\n\x02 \r\n${address}(1) \r\n  1(${'x'.repeat(32)})\n1()!`)), '')
    for (const sets of [
      ...[
        `${address}6(1)`,
        `1(${'x'.repeat(33)})`,
        '(1)',
        '1',
        '1)',
        '1)(',
        '1 (1)',
        '1(1',
        '1((1)',
        '1(1))',
        '1(\r)',
        '1(\n)',
      ],
      ...['1(', 'x(1)', '1x(1)', ')'],
    ])
      equal(error(block(`/K\n\x020.0(1)${sets}!`)).slice(0, 36), 'block: expected address(value), got ', sets)
  })

  it('is printable, or its checksum was right by chance', () => {
    for (const character of ['\x00', '\x08', '\x1f', '\x7f', '\xff', '\x0b'])
      equal(
        error(block(`/K\r\n\x020.0(1${character})!`)),
        `block: expected characters, got ${character.charCodeAt(0).toString(16).padStart(2, '0')} at offset 10`,
      )
    equal(error(block('/K\r\n\x020.0(1)9.9( ~)!')), '')
    equal(error(block('/K\r\n\x02\x080.0(1)!')), 'block: expected characters, got 08 at offset 5')
  })

  it('is found when its checksum is 03, which is ETX', () => {
    for (let pad = 0; pad < 128; pad++) {
      const bytes = block(`/KAM MC\r\n\x020.0(${String(1000 + pad)})6.31(7*h)!\r\n`)
      ok(decodeReadout(bytes).ok)
    }
  })

  it('says what is wrong', () => {
    equal(error(new Uint8Array(0)), 'block: expected STX')
    equal(error(Uint8Array.of(2, 3)), 'block: expected ETX and a checksum')
    equal(error(Uint8Array.of(2, 4)), 'block: expected ETX and a checksum')
    equal(error(Uint8Array.of(3, 2, 4)), 'block: expected ETX and a checksum')
    equal(error(Uint8Array.of(2, 3, 4)), 'bcc: expected 03, got 04')
    equal(error(block('\x020.0(1)!')), 'ident: expected / and printable characters')
    equal(error(block('/K\r\n\x020.0(1)')), 'block: expected ! at its end')
    equal(error(block('/K\r\n\x020.0(1!')), 'block: expected address(value), got "0.0(1"')
    equal(error(block('/K\r\n\x020.0(1)x9.9(1)!')), 'block: expected address(value), got "x9.9(1)"')
    equal(
      error(block('/K\r\n\x020.0(1)9.9(and so on and on!')),
      'block: expected address(value), got "9.9(and so on an"',
    )
    equal(error(block('/K\r\n\x02!')), '0.0: expected a customer number')
    equal(error(block('/K\r\n\x026.31(1*h)!')), '0.0: expected a customer number')
    equal(error(block('/K\r\n\x020.0(000)!')), '0.0: expected a customer number, got 0')
  })
})

describe('standard data', () => {
  const LINE = '0507109 1296626 0032673 0006811 0003366 0003445 0000031 0000079 0000093 0000000 '

  it('are registers of fixed width', () => {
    const registers = decodeStandardData(LINE, STANDARD_1)
    equal(registers.ok && registers.value[3], '0006811')
  })

  it('are refused with a register more or less, another width or another character', () => {
    for (const line of [
      '',
      LINE.slice(8),
      `${LINE}0000000 `,
      LINE.replace('0000079', '000079'),
      LINE.replace('79', ':9'),
    ])
      ok(!decodeStandardData(line, STANDARD_1).ok, line)
  })

  it('come behind noise that is no character, and behind an echo', () => {
    for (const before of ['', '\xff\x00', '/#1\r', '\xff/#1\r'])
      equal(decodeStandardData(before + LINE, STANDARD_1).ok, true, before)
    equal(decodeStandardData(LINE.replace(' 0032673', ' \x000032673'), STANDARD_1).ok, false)
    for (const before of ['\r\n\t\x1f\x7f', ' ', 'é😀', '\x00 '])
      equal(decodeStandardData(before + LINE, STANDARD_1).ok, true, before)
    for (const before of ['~', '/#1\r\x00', '/#1\r/#1\r', 'x\x00'])
      equal(decodeStandardData(before + LINE, STANDARD_1).ok, false, before)
    equal(decodeStandardData('\x00\x7f', STANDARD_1).ok, false)
  })

  it('have digits with a sign before them, or none', () => {
    const read = (register: string) => decodeStandardData(register, { request: '/#1\r', widths: [3] }).ok
    deepEqual(['012', '-12', '-00'].map(read), [true, true, true])
    for (const register of ['--1', '1-2', '12-', '+12', '1.2', '12', '0123', '12a', '-', '---', '１２３', '1😀'])
      equal(read(register), false, register)
  })

  it('say which register is wrong', () => {
    deepEqual(decodeStandardData(LINE.replace('0000079', '000079'), STANDARD_1), {
      ok: false,
      error: 'register 7: expected 7 digits, got "000079"',
    })
    deepEqual(decodeStandardData('1 2', STANDARD_1), { ok: false, error: 'registers: expected 10, got 2' })
  })

  it('count flow and power of large meters in larger steps', () => {
    const registers = (ccc: string) => ['', '', '', '', '', '', '', `0044${ccc}`, '']
    const scales = { 1: ['119', '999', ''], 10: ['158', '147', '170', '180', '181'], 100: ['171', '172', '182'] }
    for (const [scale, codes] of Object.entries(scales))
      for (const ccc of codes) equal(scaleOf(registers(ccc)), Number(scale), ccc)
  })
})

describe('parity', () => {
  it('is even, and tells a character that came wrong', () => {
    equal(toHex(withEvenParity('/?!\r\n')), 'af3f218d0a')
    for (let character = 0; character < 128; character++) {
      const byte = withEvenParity(String.fromCharCode(character))[0]!
      equal(withoutParity(byte), character)
      for (let bit = 0; bit < 8; bit++) equal(withoutParity(byte ^ (1 << bit)), INVALID)
    }
  })
})

describe('the EN 61107 vectors', () => {
  const entries = vectors('en61107') ?? []
  for (const { name, request_hex, response_hex, expected } of entries) {
    it(name, () => {
      if (expected.seven_bit_hex !== undefined) {
        const text = String.fromCharCode(...fromHex(expected.seven_bit_hex)!)
        equal(toHex(withEvenParity(text)), expected.eight_bit_hex)
      } else if (expected.raw !== undefined) {
        const readout = decodeReadout(block(`/K\r\n\x020.0(1)6.8(${expected.raw}*MWh)!`))
        equal(readout.ok && readout.value.energy?.value, expected.exact)
      } else if (expected.fields !== undefined) {
        checkRegisters(request_hex, response_hex, expected)
      } else if (response_hex !== null) {
        checkReadout(name, fromHex(response_hex)!, expected)
      }
    })
  }

  // biome-ignore lint/suspicious/noExplicitAny: the entries differ in their fields
  function checkReadout(name: string, bytes: Uint8Array, expected: any): void {
    const readout = decodeReadout(bytes)
    if (name === 'bad-bcc') return equal(readout.ok ? '' : readout.error, 'bcc: expected 0e, got 0f')
    if (name === 'serial-zero') return equal(readout.ok ? '' : readout.error, '0.0: expected a customer number, got 0')
    ok(readout.ok)
    const { serial, energy, volume, hours, ident } = readout.value
    if (expected.meter_type === undefined) return equal(Number(serial), Number(expected.customer_no ?? '40'))
    equal(ident, expected.meter_type)
    equal(serial.padStart(7, '0'), expected.serial_07u)
    deepEqual(
      [energy, volume, hours].map((quantity) => `${quantity?.value} ${quantity?.unit}`),
      ['6.8', '6.26', '6.31'].map((address) => `${expected[address].exact} ${expected[address].unit}`),
    )
  }

  // biome-ignore lint/suspicious/noExplicitAny: the entries differ in their fields
  function checkRegisters(request: string, response: string, expected: any): void {
    const line = String.fromCharCode(...fromHex(response)!).replace('\r', '')
    const data = { '2f23310d': STANDARD_1, '2f23320d': STANDARD_2, '2f2343': INSTANTANEOUS }[request]
    // The other requests are not ours; their registers only have to be cut right.
    const widths = data?.widths ?? expected.fields.map((field: string) => field.length)
    deepEqual(decodeStandardData(line, { request: '', widths }), { ok: true, value: expected.fields })
  }
})
