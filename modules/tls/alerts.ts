/** Why a peer ends a handshake (RFC 5246, 7.2.2), for those that a broker may have a reason for. */
const REASONS: Readonly<Record<number, string>> = Object.freeze({
  0: 'it closed the connection',
  40: 'it shares no cipher suite with this firmware',
  42: 'it does not accept the certificate',
  47: 'it calls a parameter illegal',
  70: 'it speaks another version of TLS than 1.2',
  71: 'it calls the cipher suites insecure',
  80: 'an error of its own',
  112: 'it does not know the name',
})

/** What the broker's alert says, as a person reads it. */
export function alertText(description: number): string {
  const reason = REASONS[description]
  return `the broker ends TLS, alert ${description}${reason === undefined ? '' : `: ${reason}`}`
}
