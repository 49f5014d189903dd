import { deepEqual, equal } from 'node:assert/strict'
import { generateKeyPairSync, sign } from 'node:crypto'
import { toHex } from '../../modules/codec/hex.js'
import type { Manifest } from '../../modules/update/manifest.js'
import { encodeHead, signedText } from '../../tools/signed-head.js'
import { SimulatedFlash } from '../../twin/flash.js'
import { makeImage, sha256, type TwinImage } from '../../twin/image.js'
import { checkImage } from '../../twin/image-check.js'
import { joined } from '../../twin/simulated-http.js'
import { SLOT_SECTORS } from '../../twin/slots.js'
import { POWER_ON, testTwin } from '../../twin/virtual.js'

const SECOND = 1_000
const MINUTE = 60 * SECOND

/** Whoever signs the updates of the tests. */
const owner = generateKeyPairSync('ec', { namedCurve: 'P-256' })

/** Whose updates the twins of the tests take. */
export const UPDATE_KEY = owner.publicKey.export({ format: 'der', type: 'spki' }).subarray(-64).toString('hex')

/** The same, as `twin --update-key` reads it. */
export const UPDATE_KEY_PEM = owner.publicKey.export({ format: 'pem', type: 'spki' })

/** An image behind its signed head, as a server has it. @param changes what the head says otherwise */
export function signed(image: Uint8Array, changes: Partial<Manifest> = {}): Uint8Array {
  const slot = new SimulatedFlash({ sectors: SLOT_SECTORS, content: image })
  const { project, chip, variant, version } = checkImage(slot, image[12] === 5 ? 'esp32c3' : 'esp32')!
  const manifest = { project, chip, variant, version, length: image.length, sha256: toHex(sha256(image)), ...changes }
  const key = { key: owner.privateKey, dsaEncoding: 'ieee-p1363' } as const
  return joined(encodeHead(manifest, new Uint8Array(sign('sha256', Buffer.from(signedText(manifest)), key))), image)
}

export type UpdatedTwin = ReturnType<typeof updatableTwin>

/** A twin that takes updates, and the server that has them. */
export function updatableTwin(flags: Record<string, string> = {}, options: Parameters<typeof testTwin>[1] = {}) {
  const device = testTwin({ UPDATE_KEY, ...flags }, options)
  const { clock, http, twin, broker, messages, send } = device

  /** Puts an image on the server and tells the device. */
  function offer(image: TwinImage, more = ''): void {
    http.files.set(`/${image.version}`, signed(makeImage(image)))
    send('update', `version=${image.version}&url=http://updates:8000/${image.version}${more}`)
  }

  /** What the device has told of updates, in order. */
  const told = () => messages('update').map(({ text }) => text)

  /** How the newest update ended; undefined while it goes on. */
  function outcome(from = 0): string | undefined {
    return told()
      .slice(from)
      .filter((text) => /state=(good|refused|failed|rolled_back)/.test(text))
      .at(-1)
  }

  /** Lets time pass until it has ended. @param ms at most */
  async function ended(ms = 60 * MINUTE, from = 0): Promise<string | undefined> {
    const end = clock.now() + ms
    while (outcome(from) === undefined && clock.now() < end) await clock.run(5 * SECOND)
    return outcome(from)
  }

  /** Each sample arrived once, and none of those minutes is without. */
  function checkSamples(place = ''): number {
    const topics = broker.messages.map(({ topic }) => topic).filter((topic) => topic.startsWith('/sample/'))
    equal(new Set(topics).size, topics.length, `${place}: doubled`)
    const times = topics.map((topic) => Number(topic.split('/')[4]) - POWER_ON / SECOND).sort((a, b) => a - b)
    const gaps = times.slice(1).filter((time, i) => time - times[i]! > 150)
    deepEqual(gaps, [], `${place}: lost before these seconds`)
    return topics.length
  }

  return { ...device, slots: twin.slots, offer, told, outcome, ended, checkSamples }
}
