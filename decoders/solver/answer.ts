import { hexDigits, toHex } from '../../modules/codec/hex.js'
import { failure, type Result, success } from '../../modules/codec/result.js'
import type { CryptoPort } from '../../modules/ports/crypto.js'
import { KNOWN_HEADERS } from '../../modules/radio/detect.js'
import { meterIdOf } from '../../modules/wmbus/data-link.js'
import { type DiagnosedTelegram, diagnose } from '../../modules/wmbus/diagnose.js'
import { knownHeader, Signatures } from '../../modules/wmbus/signatures.js'
import type { Answer } from '../answer.js'
import { fieldsJson } from '../decoded-json.js'
import type { LineTelegram } from '../heard-bytes.js'
import { agrees } from './compact.js'
import { compactsIn, type Heard } from './heard.js'
import { type Progress, type Solution, SURE_ODDS, solve } from './solve.js'
import { groupOf } from './vocabulary.js'

export interface Puzzle {
  /** The meter's number as `meterIdOf` gives it. */
  readonly id: number
  /** Undefined where telegrams are decrypted already. */
  readonly key: Uint8Array | undefined
  readonly crypto: CryptoPort
}

export interface Patience {
  /** Milliseconds of a clock that never steps back. */
  readonly now: () => number
  readonly onProgress?: ((progress: Progress) => void) | undefined
}

/** More of one meter say nothing new. */
const MOST = 10_000
/** The rest of a minute is for reading and printing. */
export const LIMIT_MS = 55_000

const MORE =
  'More telegrams with other values help most (some minutes in which water or heat is used), and a full frame ends it.'
const REASONS: Readonly<Record<NonNullable<Solution['problem']>, string>> = {
  'no-data': 'The telegrams have no data.',
  'no-fit': 'No sequence of known records fills the data. A full frame of the meter is needed.',
}

/** Keeps the telegrams of one meter, and answers which record header its compact ones have that nobody knows. */
export class HeaderQuestion {
  #puzzle: Puzzle
  #signatures = new Signatures(KNOWN_HEADERS)
  #telegrams: DiagnosedTelegram[] = []
  #heard = 0

  constructor(puzzle: Puzzle) {
    this.#puzzle = puzzle
  }

  /** Telegrams of the meter that are kept. */
  get count(): number {
    return this.#telegrams.length
  }

  /** Takes a telegram of any meter in. */
  add({ bytes, isChecked }: LineTelegram): void {
    const { id, key, crypto } = this.#puzzle
    this.#heard++
    if (meterIdOf(bytes) !== id || this.#telegrams.length === MOST) return
    this.#telegrams.push(diagnose(bytes, { key, crypto, signatures: this.#signatures, isChecked }))
  }

  /** Takes up to a minute. The answer is one line of JSON. Fails where nothing was heard at all. */
  answer(patience: Patience): Result<Answer> {
    if (this.#heard === 0) return failure('no telegram found')
    const [unknown, ...others] = compactsIn(this.#telegrams)
    if (unknown === undefined) return success({ lines: [], notes: [], problem: this.#whyNothing() })
    const notes = others
      .filter(({ isKnown }) => !isKnown)
      .map(
        ({ signature, compacts }) =>
          `also heard: signature ${hexDigits(signature, 4)} (${compacts.length} telegrams); not tried`,
      )
    return success({ ...this.#solved(unknown, patience), notes })
  }

  #whyNothing(): string {
    const telegrams = this.#telegrams
    const meter = hexDigits(this.#puzzle.id, 8).toUpperCase()
    if (telegrams.length === 0) return `no telegram of meter ${meter}`
    const isWrong = telegrams.every(({ result }) => result === 'payload-crc' || result === 'decrypt-check')
    if (isWrong) return `wrong key for meter ${meter}: no payload has the right checksum`
    const results = [...new Set(telegrams.map(({ result }) => result))].join(', ')
    return `no compact telegram of meter ${meter} that can be read: ${results}`
  }

  #solved(unknown: Heard, { now, onProgress }: Patience): Omit<Answer, 'notes'> {
    const { signature, compacts } = unknown
    const known = this.#signatures.find(signature)
    if (known !== undefined && compacts.every((compact) => agrees(known, compact))) {
      const reason = this.#signatures.isLearned(signature) ? 'a full frame' : 'a header that is known'
      const hex = toHex(known)
      const members = { header: hex, setting: hex, telegrams: compacts.length, candidates: 1, odds: 0, reason }
      return { lines: [this.#line('solved', unknown, members, hex)] }
    }
    const solution = solve(compacts, {
      group: groupOf(unknown.telegrams[0]!.type),
      known: KNOWN_HEADERS,
      now,
      limitMs: LIMIT_MS,
      meaningOf: (header) => this.#meaningText(unknown.telegrams.at(-1)!, toHex(header)),
      ...(onProgress === undefined ? {} : { onProgress }),
    })
    return this.#verdict(solution, unknown)
  }

  #verdict({ result, candidates, telegrams, problem, isLate }: Solution, unknown: Heard): Omit<Answer, 'notes'> {
    const headers = candidates.map(({ header }) => header.toLowerCase())
    const [best] = candidates
    const odds = best && Number(best.odds.toPrecision(2))
    if (result === 'solved') {
      const [header = ''] = headers
      const setting = best!.odds > SURE_ODDS ? `${header}?` : header
      const members = { header, setting, telegrams, candidates: candidates.length, odds }
      return { lines: [this.#line(result, unknown, members, header)] }
    }
    const time = isLate ? 'The time was over before every header that may be was tried. ' : ''
    const few = telegrams < 2 ? 'All telegrams have the same data. ' : ''
    const reason = problem === undefined ? `${time}${few}${MORE}` : REASONS[problem]
    const lists = result === 'ambiguous' ? { headers, odds } : {}
    return {
      lines: [this.#line(result, unknown, { ...lists, telegrams, candidates: candidates.length, reason })],
      problem: `${result}: ${reason}`,
    }
  }

  /** @param header gives the fields of the last telegram */
  #line(result: string, { signature, telegrams }: Heard, members: object, header?: string): string {
    const text = JSON.stringify({ result, signature: hexDigits(signature, 4), ...members })
    if (header === undefined) return text
    return `${text.slice(0, -1)},"fields":${this.#fieldsText(telegrams.at(-1)!, header)}}`
  }

  /** The fields that a header gives of a telegram, as JSON whose numbers have the digits that the meter gave. */
  #fieldsText({ frame }: DiagnosedTelegram, header: string): string {
    const telegram = diagnose(frame, {
      key: undefined,
      crypto: this.#puzzle.crypto,
      signatures: new Signatures([knownHeader(header)]),
    })
    return `{${fieldsJson(telegram)}}`
  }

  /** What a header says: the fields, or the header itself where no field is known. */
  #meaningText(telegram: DiagnosedTelegram, header: string): string {
    const fields = this.#fieldsText(telegram, header)
    return fields === '{}' ? header : fields
  }
}
