import type { Answer } from '../../decoders/answer.js'
import { decodeAnswer, readText } from '../../decoders/decode-answer.js'
import { en61107Answer } from '../../decoders/en61107-answer.js'
import { kemAnswer } from '../../decoders/kem-answer.js'
import { kmpAnswer } from '../../decoders/kmp-answer.js'
import { openAnswer } from '../../decoders/open-answer.js'
import { HeaderQuestion, type Patience } from '../../decoders/solver/answer.js'
import { TelegramReader } from '../../decoders/telegram-reader.js'
import { headerOf, masterKeyOf, meterKeyOf, meterNumberOf, NO_KEY } from '../../decoders/typed-text.js'
import { failure, type Result, success } from '../../modules/codec/result.js'
import { Envelope } from '../../modules/mqttcrypto/envelope.js'
import type { KnownHeader } from '../../modules/wmbus/signatures.js'
import { nodeCrypto } from '../../twin/crypto.js'
import type { Job } from './protocol.js'

type JobOf<tool extends Job['tool']> = Extract<Job, { tool: tool }>

/** Does what a person asks. A failure says what is wrong with the question, in the words of the command line. */
export async function runJob(job: Job, patience: Patience): Promise<Result<Answer>> {
  switch (job.tool) {
    case 'wmbus':
      return decode(job)
    case 'kmp':
      return kmpAnswer(job.text)
    case 'en61107':
      return en61107Answer(job.text)
    case 'open':
      return open(job)
    case 'kem':
      return kem(job)
    case 'solve':
      return solve(job, patience)
  }
}

function decode({ text, key, id, headers }: JobOf<'wmbus'>): Result<Answer> {
  const meterKey = meterKeyOf(key.trim() || NO_KEY)
  if (!meterKey.ok) return meterKey
  const number = id.trim() === '' ? success(undefined) : meterNumberOf(id.trim())
  if (!number.ok) return number
  const known: KnownHeader[] = []
  for (const word of headers.split(/[\s,]+/).filter((one) => one !== '')) {
    const header = headerOf(word)
    if (!header.ok) return header
    known.push(header.value)
  }
  return decodeAnswer(text, { crypto: nodeCrypto, key: meterKey.value, id: number.value, headers: known })
}

function open({ topic, text, key }: JobOf<'open'>): Result<Answer> {
  const master = masterKeyOf(key.trim())
  if (!master.ok) return master
  return openAnswer(new Envelope(nodeCrypto, master.value), topic.trim(), text)
}

function kem({ bytes, file, password, serial }: JobOf<'kem'>): Promise<Result<Answer>> {
  const question = { bytes, file, password, serial: serial.trim() || undefined }
  return kemAnswer(question, nodeCrypto.aesCbcDecrypt)
}

function solve({ text, key, id }: JobOf<'solve'>, patience: Patience): Result<Answer> {
  if (key.trim() === '')
    return failure(`no key: give the meter's key, or ${NO_KEY} where telegrams are decrypted already`)
  const meterKey = meterKeyOf(key.trim())
  if (!meterKey.ok) return meterKey
  const number = meterNumberOf(id.trim())
  if (!number.ok) return number
  const question = new HeaderQuestion({ id: number.value, key: meterKey.value, crypto: nodeCrypto })
  readText(text, new TelegramReader((telegram) => question.add(telegram)))
  return question.answer(patience)
}
