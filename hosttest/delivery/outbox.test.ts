import { deepEqual, equal, ok } from 'node:assert/strict'
import { Outbox } from '../../modules/delivery/outbox.js'

const LONGEST_SAMPLE =
  'heap=123456&program=12345678901&t1=123.45 C&t2=123.45 C&t3=123.45 C&tdif=123.45 K&flow1=123456 l/h&effect1=1234.5 kW&hr=123456 h&v1=123456.78 m3&e1=123456.789 MWh&'

describe('the outbox', () => {
  it('has room for 60 of the longest samples', () => {
    const outbox = new Outbox()
    for (let at = 0; at < 60; at++) outbox.push({ prefix: '/sample/v2/123456789012/', at, text: LONGEST_SAMPLE })
    equal(outbox.length, 60)
    equal(outbox.peek()?.at, 0)
  })

  it('drops the oldest when it is full, and stays bounded', () => {
    const outbox = new Outbox()
    for (let at = 0; at < 10_000; at++) outbox.push({ prefix: '/sample/v2/1234567/', at, text: LONGEST_SAMPLE })
    ok(outbox.length < 100)
    equal(outbox.peek()?.at, 10_000 - outbox.length)
  })

  it('gives the oldest first, each as it was', () => {
    const outbox = new Outbox()
    const entries = [
      { prefix: '/', at: 0, text: '' },
      { prefix: '/cron/v2/1234567/', at: 12.75, text: ' 1 2 3 ' },
      { prefix: '/ssid/v2/ÆØ Å/', at: 1e12 + 0.5, text: '🔥 7\n8 9' },
      { prefix: '', at: 1e-7, text: '5 ' },
    ]
    for (const entry of entries) outbox.push(entry)
    for (const entry of entries) {
      deepEqual(outbox.peek(), entry)
      outbox.drop()
    }
    equal(outbox.peek(), undefined)
    outbox.drop()
    equal(outbox.length, 0)
  })
})
