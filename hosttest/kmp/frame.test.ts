import { deepEqual, equal, ok } from 'node:assert/strict'
import { fromHex, toHex } from '../../modules/codec/hex.js'
import type { Result } from '../../modules/codec/result.js'
import { GET_SERIAL_NO, GET_TYPE, START_FROM_METER } from '../../modules/kmp/constants.js'
import { decodeFrame, encodeFrame, type KmpFrame, registerRequest, simpleRequest } from '../../modules/kmp/frame.js'
import { KmpParser } from '../../modules/kmp/parser.js'
import { decodeRegisters, isPrintable, registerText, unitText } from '../../modules/kmp/registers.js'

const SERIAL_REPLY = '403f0200692d32cd5d0d'

function parse(...chunks: string[]): Result<KmpFrame>[] {
  const frames: Result<KmpFrame>[] = []
  const parser = new KmpParser()
  for (const chunk of chunks) {
    const bytes = fromHex(chunk)!
    parser.push(bytes, (frame) => frames.push(frame))
  }
  return frames
}

function errorOf(result: Result<unknown>): string {
  return result.ok ? 'no error' : result.error
}

describe('KMP requests', () => {
  it('are the bytes of the data sheet', () => {
    equal(toHex(simpleRequest(GET_TYPE)), '803f01058a0d')
    equal(toHex(simpleRequest(GET_SERIAL_NO)), '803f0235e90d')
    equal(toHex(registerRequest([128])), '803f1001001b7fd4080d')
    equal(toHex(registerRequest([60, 68, 1004, 86, 87, 89, 74, 80])), '803f1008003c004403ec005600570059004a0050b6c50d')
  })

  it('stuff every reserved byte, in the checksum too', () => {
    equal(toHex(encodeFrame(START_FROM_METER, 2, fromHex('80400d1b')!)), '403f021b7f1bbf1bf21be4bb9f0d')
    equal(toHex(encodeFrame(START_FROM_METER, 2, fromHex('00000698')!)), '403f0200001bf9981bf91be40d')
  })
})

describe('KMP frames', () => {
  it('decode', () => {
    const frame = decodeFrame(fromHex(SERIAL_REPLY)!)
    ok(frame.ok)
    deepEqual({ ...frame.value, data: toHex(frame.value.data) }, { destination: 0x3f, cid: 2, data: '00692d32' })
  })

  it('decode as the meter gets them', () => {
    const frame = decodeFrame(fromHex('803f0235e90d')!)
    ok(frame.ok)
    deepEqual({ ...frame.value, data: toHex(frame.value.data) }, { destination: 0x3f, cid: 2, data: '' })
  })

  it('say what was expected and what came', () => {
    const error = (hex: string) => errorOf(decodeFrame(fromHex(hex)!))
    equal(error('403f0200692d32cd5e0d'), 'crc: expected cd5d, got cd5e (frame 403f0200692d32cd5e0d)')
    equal(error('403f020d'), 'length: expected at least 6 bytes, got 4 (frame 403f020d)')
    equal(error('413f0200692d32cd5d0d'), 'start: expected 40 or 80, got 41 (frame 413f0200692d32cd5d0d)')
    equal(error('403f0200692d32cd5d0e'), 'stop: expected 0d, got 0e (frame 403f0200692d32cd5d0e)')
    equal(error('403f02001b0d'), 'stuffing: expected a byte after 1b, got the stop byte (frame 403f02001b0d)')
    equal(error('401b7f1b7f0d'), 'length: expected at least 4 bytes between start and stop, got 2 (frame 401b7f1b7f0d)')
  })
})

describe('the KMP parser', () => {
  it('finds two frames in one piece', () => {
    equal(parse(SERIAL_REPLY + SERIAL_REPLY).filter((frame) => frame.ok).length, 2)
  })

  it('finds a frame that comes byte by byte', () => {
    const frames = parse(...(SERIAL_REPLY.match(/../g) ?? []))
    equal(frames.length, 1)
    ok(frames[0]?.ok)
  })

  it('passes over an echo, a stray 00 and noise', () => {
    for (const before of ['803f0235e90d', '00', '55aa4012', '0d0d0d', '403f0200692d'])
      equal(parse(before + SERIAL_REPLY).filter((frame) => frame.ok).length, 1, before)
  })

  it('tells of a broken frame and goes on', () => {
    const frames = parse(`403f0200692d32cd5e0d${SERIAL_REPLY}`)
    deepEqual(
      frames.map((frame) => frame.ok),
      [false, true],
    )
  })

  it('gives up a frame without an end, and finds the next', () => {
    equal(parse(`40${'55'.repeat(400)}`, SERIAL_REPLY).filter((frame) => frame.ok).length, 1)
  })

  it('says nothing of what is too long for a frame, though it ends like one', () => {
    equal(parse(`40${'55'.repeat(254)}0d`).length, 1)
    equal(parse(`40${'55'.repeat(255)}0d`).length, 0)
    equal(parse(`40${'55'.repeat(400)}0d`, SERIAL_REPLY).length, 1)
  })

  it('forgets what has begun when it is reset', () => {
    const parser = new KmpParser()
    const half = fromHex('403f0200')!
    parser.push(half, () => ok(false))
    parser.reset()
    const rest = fromHex('692d32cd5d0d')!
    parser.push(rest, () => ok(false, 'half a frame was taken for one'))
  })
})

describe('KMP registers', () => {
  const register = (hex: string) => {
    const registers = decodeRegisters(fromHex(hex)!)
    ok(registers.ok)
    return registers.value.map((r) => `${r.id}=${registerText(r)}`)
  }

  it('take values of 1 to 4 bytes', () => {
    deepEqual(register('003c030103ff'), ['60=255000'])
    deepEqual(register('00562502421438'), ['86=51.76'])
    deepEqual(register('003c03034301e240'), ['60=123.456'])
    deepEqual(register('003c0304c200003039'), ['60=-123.45'])
    deepEqual(register('003c030440ffffffff'), ['60=4294967295'])
  })

  it('pass over values of no and of more than 4 bytes', () => {
    deepEqual(register('003c03004300562502421438'), ['86=51.76'])
    deepEqual(register(`003c030543${'00'.repeat(5)}00562502421438`), ['86=51.76'])
  })

  it('have the unit that the server knows, as the data sheet numbers them', () => {
    const units =
      '1 Wh, 2 kWh, 3 MWh, 8 Gj, 12 Gcal, 22 kW, 23 MW, 37 C, 38 K, 39 l, 40 m3, 41 l/h, 42 m3/h, 43 m3xC, 44 ton, ' +
      '45 ton/h, 46 h, 47 clock, 48 date1, 50 date3, 51 number, 52 bar'
    const known = units.split(', ').map((line) => line.split(' ') as [string, string])
    for (const [unit, text] of known) equal(unitText(Number(unit)), text)
    for (let unit = 0; unit < 256; unit++)
      if (!known.some(([number]) => Number(number) === unit)) equal(unitText(unit), 'unknown')
  })

  it('are at most eight, which is what was asked for', () => {
    const nine = '003c030103ff'.repeat(9)
    equal(decodeRegisters(fromHex(nine.slice(12))!).ok, true)
    equal(errorOf(decodeRegisters(fromHex(nine)!)), 'registers: expected at most 8, got more bytes')
  })

  it('say where one runs past the end', () => {
    equal(
      errorOf(decodeRegisters(fromHex('003c030103ff003c0304430000')!)),
      'registers: expected 9 bytes at offset 6, got 7',
    )
  })

  it('refuse a register that runs past the end', () => {
    for (const hex of ['003c0304430000', '003c03', '00', `003c03ff43${'00'.repeat(8)}`])
      ok(errorOf(decodeRegisters(fromHex(hex)!)).startsWith('registers: expected'), hex)
  })

  it('are not printed where the original could not either', () => {
    const printable = (hex: string) => {
      const registers = decodeRegisters(fromHex(hex)!)
      return registers.ok && isPrintable(registers.value[0]!)
    }
    ok(printable('005016010901'))
    ok(printable('005016014901'))
    ok(!printable('005016010a01'))
    ok(!printable('005016014a01'))
  })
})
