import { deepEqual, equal, match } from 'node:assert/strict'
import { jsonTable } from '../../tools/json-table.js'
import { commandLine } from '../support/cli.js'

const T1 = '403f1000562502421438613d0d'
const SERIAL = '403f0200bc614eb4830d'
const CHARACTERISTIC = '49535343-1E4D-4BD9-BA61-23C647249616'
const HEX = [
  'FBFBFBF001000008DCDF916261AD0125442D2C70',
  '3749741F168D20B4231B02216F07DDD3EFA318553DDFEE5134DB3985C5DB84A7E662EAFEFE0E0F0D0A4261747465727920566F6C74203D2033383030206D560D0AFBFCFCF0D80EFEFE0E0F',
]

describe('a result as a table', () => {
  const { meterlogger } = commandLine()

  it('has what is plain first, then what is below a name, and leaves out what is empty', () => {
    const result = {
      result: 'ok',
      flags: [],
      meter: { id: '1', type: null },
      fields: {},
      records: [
        { name: 'e1', value: 'x', unit: 'kWh' },
        { name: 'info', value: '' },
      ],
      bytes: [1, 2],
    }
    deepEqual(jsonTable(JSON.stringify(result)), [
      'result  ok',
      'bytes   1, 2',
      'meter:',
      '  id    1',
      '  type  -',
      'records:',
      '  name  value  unit',
      '  e1    x      kWh',
      '  info  -      -',
    ])
  })

  it('keeps the digits of numbers, and takes no number out of a text', () => {
    deepEqual(jsonTable('{"a":8.910,"b":-0.50,"c":90071992547409930,"d":"1.50 \\"2.0"}'), [
      'a  8.910',
      'b  -0.50',
      'c  90071992547409930',
      'd  1.50 "2.0',
    ])
  })

  it('escapes what would steer a terminal, or begin a line', () => {
    deepEqual(jsonTable(JSON.stringify([{ name: 'a\u001b[2J\nb' }])), ['name', 'a\\u001b[2J\\u000ab'])
  })

  it('is printed by the commands that decode, for as many results as there are; without the option JSON stays', async () => {
    const table = await meterlogger(['kmp', 'decode', '--table', T1 + SERIAL])
    equal(
      table.out,
      'result  ok\ncid     16\nregisters:\n  id  name  value  unit\n  86  T1    51.76  C\n\nresult  ok\ncid     2\nserial  12345678\n',
    )
    equal(
      (await meterlogger(['kmp', 'decode', T1])).out.split('\n').map((line) => line !== '' && JSON.parse(line)).length,
      2,
    )
    const telegram = '23442D2C7856341233168D20CBDC9A8822C96E79ABB3DDF1DB9600000000000000005046'
    const water = await meterlogger(['wmbus', 'decode', '--table', '--key', 'NOKEY', telegram])
    match(water.out, /^meter:\n {2}manufacturer {2}KAM\n {2}id {12}12345678$/m)
    match(water.out, /^ {2}total_m3 {2}386\.19$/m)
    const notifications = HEX.map((hex) => ({ t: '2026-07-14T10:00:00Z', characteristic: CHARACTERISTIC, hex }))
    const session = await meterlogger(['vw1871', 'decode', '--jsonl', '--table'], JSON.stringify({ notifications }))
    match(session.out, /^ {2}telegram {2}08000001 .*\n(.*\n)* {2}battery +- .*3800$/m)
    const wrong = await meterlogger(['en61107', 'decode', '--table', '00'])
    deepEqual([wrong.code, wrong.out.startsWith('result  ')], [1, true])
  })
})
