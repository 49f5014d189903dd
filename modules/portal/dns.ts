/** Bytes of a message's header (RFC 1035, 4.1). */
const HEADER = 12
const MAX_QUERY = 512
const MAX_NAME = 255
const MAX_LABEL = 63

const TYPE_A = 1
const TYPE_ANY = 255
const CLASS_IN = 1

const RESPONSE = 0x80
const AUTHORITATIVE = 0x04
const RECURSION_DESIRED = 0x01
const OPCODE = 0x78
const TRUNCATED = 0x02

/** The answer's head: a pointer to the question's name, type A, class IN, lifetime 0, length 4. */
const ANSWER = Object.freeze([0xc0, HEADER, 0, TYPE_A, 0, CLASS_IN, 0, 0, 0, 0, 0, 4] as const)

/**
 * Answers a query as a captive portal does: every name has this IPv4 address with a lifetime of 0, and no other record.
 * Undefined for anything but a query with one question. The answer leaves out what follows the question (EDNS).
 */
export function answerQuery(query: Uint8Array, address: readonly number[]): Uint8Array | undefined {
  if (query.length > MAX_QUERY) return undefined
  if (query[2]! & (RESPONSE | OPCODE | TRUNCATED)) return undefined
  if (word(query, 4) !== 1 || word(query, 6) !== 0) return undefined
  const end = endOfQuestion(query)
  if (end === undefined) return undefined
  const type = word(query, end - 4)
  const isForUs = word(query, end - 2) === CLASS_IN && (type === TYPE_A || type === TYPE_ANY)
  const answer = new Uint8Array(isForUs ? end + ANSWER.length + 4 : end)
  answer.set(query.subarray(0, end))
  answer[2] = RESPONSE | AUTHORITATIVE | (query[2]! & RECURSION_DESIRED)
  answer[3] = 0
  answer.fill(0, 6, HEADER)
  if (isForUs) {
    answer[7] = 1
    answer.set(ANSWER, end)
    answer.set(address, end + ANSWER.length)
  }
  return answer
}

function endOfQuestion(query: Uint8Array): number | undefined {
  let at = HEADER
  while (at < query.length && query[at] !== 0) {
    if (query[at]! > MAX_LABEL) return undefined
    at += 1 + query[at]!
  }
  at += 5
  return at > query.length || at - 4 - HEADER > MAX_NAME ? undefined : at
}

function word(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 8) | bytes[at + 1]!
}
