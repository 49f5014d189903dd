// node only
import { deepEqual, equal, ok } from 'node:assert/strict'
import { fromHex } from '../../modules/codec/hex.js'
import { EN } from '../../modules/portal/texts/en.js'
import { nodeCrypto } from '../../twin/crypto.js'
import { AirMeter, hex } from '../radio/air.js'
import { setUpTwin } from '../support/portal-twin.js'
import { formatB, frame } from '../wmbus/frames.js'

const KEY = '44e9112d06bd762ec2bfece57e487c9b'
const WRONG = '54e9112d06bd762ec2bfece57e487c9b'
const MINUTE = 60_000

/** The meter of the twin itself, which sends as it should, and those whose numbers are entered in the portal. */
const RIGHT = '12345678'
const WRONG_KEY = '20000001'
const CLEAR = '20000002'
const OTHER_MODE = '20000003'
const UNKNOWN = '20000004'
const GUESSED = '20000005'
const SILENT = '20000006'

const UNKNOWN_RECORDS = '04130261'
const GUESSED_RECORDS = '04130259'

/** A device with seven meters on its list, each of which is heard in another way. */
async function house() {
  const device = setUpTwin()
  const { clock, online, post, twin } = device
  await online()
  for (const id of [WRONG_KEY, CLEAR, OTHER_MODE, UNKNOWN, GUESSED, SILENT])
    ok((await post('/water', `id=${id}&key=${id === WRONG_KEY ? WRONG : KEY}`)).startsWith('HTTP/1.1 302'), id)
  const meters = [WRONG_KEY, UNKNOWN, GUESSED].map((id) => new AirMeter(fromHex(KEY)!, nodeCrypto, id))
  const address = (id: string) => `2d2c${id.match(/../g)!.reverse().join('')}1f16`
  const send = () => {
    const [wrong, unknown, guessed] = meters.map((air) => {
      air.minute = 1_000_000 + Math.floor(clock.now() / MINUTE)
      return (header: string) =>
        air.sendRecords(
          [
            ['0413', hex(air.litres, 4)],
            [header, '0100'],
          ],
          true,
        ).frame
    })
    return [
      wrong!('0259'),
      unknown!('0261'),
      guessed!('0259'),
      formatB(frame(address(CLEAR), '7a010000000413010000000259d204')),
      formatB(frame(address(OTHER_MODE), `7a01001005${'5a'.repeat(16)}`)),
    ]
  }
  /** BLE is not used while somebody looks at pages, and for a minute after. */
  const hear = async (minutes: number) => {
    for (let i = 0; i < 4 * minutes; i++) {
      await clock.run(MINUTE / 4)
      for (const bytes of send()) twin.concentrator!.receiver.hear(bytes, -60)
    }
  }
  const infos = () =>
    Object.fromEntries(device.messages('meter_info').map(({ serial, text }) => [serial, text] as const))
  const page = async () => {
    const sections = (await device.get('/water')).split('<h2>').slice(1)
    return Object.fromEntries(sections.map((text) => [text.slice(0, 8), text]))
  }
  const samples = (id: string) => device.messages('sample').filter(({ serial }) => serial === id).length
  return { ...device, hear, infos, page, samples }
}

describe('a device with radio meters', () => {
  it('tells of each meter what is heard of it, to the operator and in the portal, in the same words', async () => {
    const { post, hear, infos, page, samples } = await house()
    ok((await post('/water', `headers=${GUESSED_RECORDS}%3F`)).startsWith('HTTP/1.1 302'))
    await hear(13)
    const verdicts = {
      [RIGHT]: 'right',
      [WRONG_KEY]: 'wrong',
      [CLEAR]: 'not encrypted',
      [OTHER_MODE]: 'other mode',
      [UNKNOWN]: 'unknown header C90A',
      [GUESSED]: 'header not confirmed 9023',
      [SILENT]: 'not heard',
    }
    const told = infos()
    deepEqual(Object.keys(told).sort(), Object.keys(verdicts).sort())
    const shown = await page()
    for (const [id, verdict] of Object.entries(verdicts)) {
      ok(told[id]!.startsWith(`key=${verdict}&`), `${id}: ${told[id]}`)
      const [, key, header] = /^(.*?)(?: ([0-9A-F]{4}))?$/.exec(verdict)!
      ok(shown[id]!.includes(EN.keys[key as keyof typeof EN.keys]), `${id}: ${shown[id]}`)
      equal(shown[id]!.includes('<code>'), header !== undefined)
      if (header !== undefined) ok(shown[id]!.includes(`<code>${header}</code>`))
      equal(samples(id) > 0, id === RIGHT, id)
    }
    equal(told[GUESSED], 'key=header not confirmed 9023&v1=64.932 m3&')
    ok(shown[GUESSED]!.includes('64.932 m³'))
  })

  it('reads a meter from the moment at which a command has told its header', async () => {
    const { hear, infos, samples, send, messages } = await house()
    await hear(8)
    const set = async (headers: string) => {
      send('set_radio_headers', headers)
      await hear(7)
    }
    await set(`${GUESSED_RECORDS}?`)
    deepEqual([samples(UNKNOWN), samples(GUESSED)], [0, 0])
    await set(`${GUESSED_RECORDS},${UNKNOWN_RECORDS}`)
    deepEqual(
      [samples(UNKNOWN), samples(GUESSED)].map((count) => count >= 5),
      [true, true],
    )
    deepEqual([infos()[UNKNOWN], infos()[GUESSED]], ['key=right&', 'key=right&'])
    const before = samples(GUESSED)
    await set(UNKNOWN_RECORDS)
    equal(samples(GUESSED), before)
    equal(infos()[GUESSED], 'key=unknown header 9023&')
    await set('nonsense')
    equal(
      messages('set_radio_headers').at(-1)!.text,
      'refused: header 1: expected pairs of hex digits, and ? behind those of a guess',
    )
  })
})
