import { deepEqual, equal, ok } from 'node:assert/strict'
import type { Result } from '../../modules/codec/result.js'
import { KMP_LINE, KmpMeter } from '../../modules/kmp/client.js'
import { kmp } from '../../modules/kmp/driver.js'
import { MeterLine } from '../../modules/meters/line.js'
import type { Reading } from '../../modules/meters/meter.js'
import { sampleText } from '../../modules/meters/sample-text.js'
import { testClock } from '../support/clock.js'
import { ScriptedSerial } from '../support/scripted-serial.js'

const SERIAL_REQUEST = '803f0235e90d'
const SERIAL_REPLY = '403f0200692d32cd5d0d'
const README_REPLY =
  '403f10003c0304430000dd9600442804420002041f03ec2e040000011e6f0056250442000009390057250442000008ab00592604420000008e004a29040000000000005016044100000000' +
  '05cc0d'
const README_SAMPLE =
  'heap=21376&t1=23.61 C&t2=22.19 C&tdif=1.42 K&flow1=0 l/h&effect1=0.0 kW&hr=73327 h&v1=1321.27 m3&e1=56.726 MWh&'

type Script = (request: string, count: number) => readonly string[]
const answers: Script = (request) => [request === SERIAL_REQUEST ? SERIAL_REPLY : README_REPLY]

async function read(script: Script): Promise<{ result: Result<Reading>; serial: ScriptedSerial; took: number }> {
  const clock = testClock()
  const serial = new ScriptedSerial(clock, script)
  const meter = new KmpMeter(new MeterLine(serial, clock))
  let result: Result<Reading> | undefined
  let took = 0
  void meter.read().then((value) => {
    result = value
    took = clock.now()
  })
  await clock.run(60_000, () => result !== undefined)
  ok(result !== undefined, 'the dialogue came to no end within a minute')
  return { result, serial, took }
}

function sampleOf(result: Result<Reading>): string {
  return result.ok ? sampleText(result.value!, 21376, kmp.quantities.heat) : result.error
}

describe('a KMP dialogue', () => {
  it('reads the serial number, then 8 registers in one request', async () => {
    const { result, serial } = await read(answers)
    equal(sampleOf(result), README_SAMPLE)
    equal(result.ok && result.value.serial, '6892850')
    deepEqual(serial.settings, KMP_LINE)
    deepEqual(
      serial.requests.map((request) => request.hex),
      [SERIAL_REQUEST, '803f1008003c004403ec005600570059004a0050b6c50d'],
    )
  })

  it('asks again after a silence, and only 1.6 s after the meter had its time', async () => {
    const { result, serial } = await read((request, count) => (count < 2 ? [] : answers(request, count)))
    equal(sampleOf(result), README_SAMPLE)
    equal(serial.requests.length, 4)
    ok(serial.requests[1]!.at - serial.requests[0]!.at >= 1600 + 1600)
  })

  it('asks again after a reply that was disturbed', async () => {
    const { result, serial } = await read((request, count) =>
      count === 1 ? [README_REPLY.replace('dd96', 'dd97')] : answers(request, count),
    )
    equal(sampleOf(result), README_SAMPLE)
    equal(serial.requests.length, 3)
  })

  it('gives up after three attempts and says why', async () => {
    const silent = await read(() => [])
    equal(sampleOf(silent.result), 'serial number: no reply')
    equal(silent.serial.requests.length, 3)
    const disturbed = await read(() => ['403f0200692d32cd5e0d'])
    equal(sampleOf(disturbed.result), 'serial number: crc: expected cd5d, got cd5e (frame 403f0200692d32cd5e0d)')
    const noRegisters = await read((request) => [request === SERIAL_REQUEST ? SERIAL_REPLY : '403f10079a0d'])
    equal(sampleOf(noRegisters.result), 'registers: expected registers, got none')
  })

  it('is not deceived by its own echo', async () => {
    const { result } = await read((request, count) => [request, ...answers(request, count)])
    equal(sampleOf(result), README_SAMPLE)
    equal((await read((request) => [request])).result.ok, false)
  })

  it('takes a reply in pieces, with noise before it', async () => {
    const { result, serial } = await read((request, count) => {
      const reply = answers(request, count)[0]!
      return ['00', '55aa4012', reply.slice(0, 10), reply.slice(10)]
    })
    equal(sampleOf(result), README_SAMPLE)
    equal(serial.requests.length, 2)
  })

  it('does not take an old reply for a new one', async () => {
    const clock = testClock()
    const serial = new ScriptedSerial(clock, () => [])
    const meter = new KmpMeter(new MeterLine(serial, clock))
    serial.arrive(SERIAL_REPLY)
    let result: Result<Reading> | undefined
    void meter.read().then((value) => {
      result = value
    })
    await clock.run(60_000)
    equal(result?.ok, false)
  })

  it('ignores another address, another command and a serial number of 0', async () => {
    for (const reply of ['403a020012d6879ee00d', '403f0100041bf90126990d', '403f02000000000a6f0d', '06']) {
      const { result } = await read(() => [reply])
      equal(result.ok, false, reply)
    }
  })

  it('leaves out what the meter does not have', async () => {
    const withoutTdif =
      '403f10003c0304430000dd9600442804420002041f03ec2e040000011e6f0056250442000009390057250442000008ab004a290400000000000050160441000000009fa50d'
    const { result } = await read((request) => [request === SERIAL_REQUEST ? SERIAL_REPLY : withoutTdif])
    equal(sampleOf(result), README_SAMPLE.replace('tdif=1.42 K&', ''))
  })

  it('ends at once when the meter is closed', async () => {
    const clock = testClock()
    const serial = new ScriptedSerial(clock, () => [])
    const meter = new KmpMeter(new MeterLine(serial, clock))
    let result: Result<Reading> | undefined
    void meter.read().then((value) => {
      result = value
    })
    await clock.run(100)
    meter.close()
    await clock.run(0)
    equal(result?.ok, false)
    ok(serial.closed)
  })

  it('waits for the dialogue before it', async () => {
    const clock = testClock()
    const serial = new ScriptedSerial(clock, answers)
    const meter = new KmpMeter(new MeterLine(serial, clock))
    const results: Result<Reading>[] = []
    void meter.read().then((value) => results.push(value))
    void meter.read().then((value) => results.push(value))
    await clock.run(60_000)
    deepEqual(results.map(sampleOf), [README_SAMPLE, README_SAMPLE])
  })
})
