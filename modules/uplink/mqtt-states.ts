/** What a broker sends and the session hears of, by the names of MQTT 3.1.1. */
export type Packet = 'connack' | 'publish' | 'pubrec' | 'pubcomp' | 'suback' | 'pingresp'

/** `closed`: there is no connection. `connecting`: CONNACK is still to come. `connected`: the broker has let us in. */
export type Phase = 'closed' | 'connecting' | 'connected'

/**
 * `take`: the session does as the packet says. `drop`: the packet is late and means nothing any more. `end`: the packet
 * breaks the protocol, and the connection ends.
 */
export type Verdict = 'take' | 'drop' | 'end'

/**
 * What becomes of each packet in each phase. The first packet of a broker has to be CONNACK, and there is one of it
 * (MQTT 3.1.1, 3.2). Whether an acknowledgment is for something that waits for one, its packet id tells: `Delivery`
 * judges PUBREC and PUBCOMP, the session SUBACK.
 */
export const VERDICTS: Readonly<Record<Phase, Readonly<Record<Packet, Verdict>>>> = Object.freeze({
  closed: Object.freeze({
    connack: 'drop',
    publish: 'drop',
    pubrec: 'drop',
    pubcomp: 'drop',
    suback: 'drop',
    pingresp: 'drop',
  } as const),
  connecting: Object.freeze({
    connack: 'take',
    publish: 'end',
    pubrec: 'end',
    pubcomp: 'end',
    suback: 'end',
    pingresp: 'end',
  } as const),
  connected: Object.freeze({
    connack: 'end',
    publish: 'take',
    pubrec: 'take',
    pubcomp: 'take',
    suback: 'take',
    pingresp: 'take',
  } as const),
})
