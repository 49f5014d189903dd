/** Control packets by the names of MQTT 3.1.1 (2.2.1). */
export const TYPE = Object.freeze({
  connack: 2,
  publish: 3,
  pubrec: 5,
  pubrel: 6,
  pubcomp: 7,
  suback: 9,
  unsuback: 11,
  pingresp: 13,
} as const)

/** What a broker sends and the session hears of. */
export type Packet = 'connack' | 'publish' | 'pubrec' | 'pubcomp' | 'suback' | 'unsuback' | 'pingresp'

/** `closed`: there is no connection. `connecting`: CONNACK is still to come. `connected`: the broker has let us in. */
export type Phase = 'closed' | 'connecting' | 'connected'

/**
 * `take`: the device does as the packet says. `owed`: it does if it waits for just this answer, and else drops it.
 * `drop`: the packet means nothing. `end`: the packet breaks the protocol, and the connection ends.
 */
export type Verdict = 'take' | 'owed' | 'drop' | 'end'

/*
 * Named once, because the guard asks for each packet of a storm: a literal takes 16 bytes of garbage or more whenever it is
 * evaluated (docs/memory.md), a constant none.
 */
export const CLOSED = 'closed'
const TAKE = 'take'
export const OWED = 'owed'
export const DROP = 'drop'
export const END = 'end'

export interface Rule {
  readonly name: string
  /** Flags of the fixed header that are right; of PUBLISH they mean something. */
  readonly flags: number
  /** The one remaining length that is right; undefined where the packet is never right, and for PUBLISH. */
  readonly length: number | undefined
  readonly connecting: Verdict
  readonly connected: Verdict
}

/** A packet that a broker never sends, or not to us: it would answer what we have not sent. */
const never = (name: string): Rule =>
  Object.freeze({ name, flags: 0, length: undefined, connecting: 'end', connected: 'end' } as const)

/** A packet that may come only after CONNACK, and has one length. */
const fixed = (name: string, length: number, connected: Verdict, flags = 0): Rule =>
  Object.freeze({ name, flags, length, connecting: 'end', connected } as const)

/**
 * What becomes of each packet in each phase, by its type; in the phase `closed` each is dropped. The first packet of a
 * broker has to be CONNACK, and there is one of it (MQTT 3.1.1, 3.2).
 *
 * What a broker in order may still owe to somebody who had the same session is dropped, because the end of the
 * connection would not rid us of it: PUBREL, PUBLISH with QoS 1 or 2 (see `qosVerdict`), late acknowledgments.
 */
export const RULES: readonly Rule[] = Object.freeze([
  never('type 0'),
  never('CONNECT'),
  Object.freeze({ name: 'CONNACK', flags: 0, length: 2, connecting: 'take', connected: 'end' } as const),
  Object.freeze({ name: 'PUBLISH', flags: 0, length: undefined, connecting: 'end', connected: 'take' } as const),
  never('PUBACK'),
  fixed('PUBREC', 2, 'owed'),
  fixed('PUBREL', 2, 'drop', 2),
  fixed('PUBCOMP', 2, 'owed'),
  never('SUBSCRIBE'),
  fixed('SUBACK', 3, 'owed'),
  never('UNSUBSCRIBE'),
  fixed('UNSUBACK', 2, 'owed'),
  never('PINGREQ'),
  fixed('PINGRESP', 0, 'owed'),
  never('DISCONNECT'),
  never('type 15'),
])

/** What becomes of a packet of this type. */
export function verdictOf(phase: Phase, type: number): Verdict {
  return phase === CLOSED ? DROP : RULES[type]![phase]
}

/** What becomes of a PUBLISH with these flags: we subscribe with QoS 0, and acknowledge nothing. */
export function qosVerdict(flags: number): Verdict {
  const qos = (flags >> 1) & 3
  if (qos === 3) return END
  return qos === 0 ? TAKE : DROP
}
