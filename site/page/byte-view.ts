import type { MessageItem } from '../world/protocol.js'
import { make, timeOfDay } from './dom.js'
import { fieldsOf, unitText, wordsOf } from './sample.js'

const TAG = 32
const BLOCK = 16

/** What is shown of a message. */
export type ShownMessage = Pick<MessageItem, 'topic' | 'payload' | 'text' | 'time' | 'way'>

/** A message's topic, its bytes with what each of them is, and what is in it. */
export function detailOf(item: ShownMessage): HTMLElement[] {
  const { payload, text, way } = item
  const head = make('h3', '', way === 'up' ? 'From the device' : 'To the device')
  const topic = make('p', 'topic', ...topicParts(item))
  if (payload.length < TAG + 2 * BLOCK)
    return [head, topic, make('p', 'say', 'Empty: the broker itself publishes it, as the last will.')]
  const cipher = payload.subarray(TAG + BLOCK)
  return [
    head,
    make('p', 'say', 'Topic: who, when and what. It is not secret, but the tag below protects it.'),
    topic,
    part(
      'tag',
      `HMAC-SHA256, ${TAG} bytes`,
      payload.subarray(0, TAG),
      'Over topic, IV and cipher text: nobody without the key can make or change a message.',
    ),
    part(
      'iv',
      `IV, ${BLOCK} bytes`,
      payload.subarray(TAG, TAG + BLOCK),
      'By chance, so that the same text never looks the same.',
    ),
    part('cipher', `Cipher text, AES-128-CBC, ${cipher.length} bytes`, cipher, paddingWords(cipher.length, text)),
    ...opened(item),
  ]
}

function topicParts({ topic, time }: ShownMessage): Node[] {
  const names = topic.startsWith('/config')
    ? ['command', 'version', 'serial number', 'unix time', 'name']
    : ['kind', 'version', 'serial number', 'unix time']
  return topic
    .split('/')
    .slice(1)
    .map((level, i) => {
      const title = names[i] ?? ''
      const when = title === 'unix time' && time !== undefined ? `${timeOfDay(time * 1000)} UTC` : title
      return make('span', 'level', `/${level}`, make('small', '', when))
    })
}

function part(kind: string, title: string, bytes: Uint8Array, words: string): HTMLElement {
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0'))
  return make(
    'div',
    `bytes ${kind}`,
    make('h4', '', title),
    make('code', 'hex', hex.join(' ')),
    make('p', 'say', words),
  )
}

function paddingWords(length: number, text: string | undefined): string {
  if (text === undefined) return 'It does not open with the key of this device.'
  const bytes = new TextEncoder().encode(text).length
  const padding = length - bytes - 1
  return `In it: ${bytes} bytes of text, one NUL, and ${padding} bytes of padding, each 0x${padding.toString(16).padStart(2, '0')}.`
}

function opened({ text, way }: ShownMessage): HTMLElement[] {
  if (text === undefined) return []
  const fields = fieldsOf(text)
  const title = make('h4', '', way === 'up' ? 'Opened' : 'Before it was sealed')
  const raw = make('code', 'clear', text === '' ? '(empty)' : text)
  if (fields.length < 2) return [make('div', 'bytes clear', title, raw)]
  const rows = fields.map(({ name, value, unit }) =>
    make(
      'tr',
      '',
      make('th', '', name),
      make('td', 'number', `${value} ${unitText(unit)}`.trim()),
      make('td', 'say', wordsOf(name)),
    ),
  )
  for (const row of rows) row.querySelector('th')?.setAttribute('scope', 'row')
  return [make('div', 'bytes clear', title, raw, make('table', '', make('tbody', '', ...rows)))]
}
