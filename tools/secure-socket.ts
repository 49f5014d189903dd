import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { isIP } from 'node:net'
import { connect, type TLSSocket } from 'node:tls'
import type { BrokerAccess } from './broker-options.js'
import { NegativeResult } from './errors.js'

/** ms */
export const CONNECT_TIMEOUT = 10_000

/**
 * Connects with TLS 1.2 or later to a broker whose certificate bears its name and is vouched for. Nothing is sent before that
 * is certain.
 */
export function connectSecurely({ host, port, ca }: BrokerAccess): TLSSocket {
  const socket = connect({
    host,
    port,
    servername: isIP(host) === 0 ? host : undefined,
    ca: ca && [...ca],
    // A certificate in the file that is not its own issuer, such as the broker's, vouches too.
    allowPartialTrustChain: true,
    minVersion: 'TLSv1.2',
  })
  socket.cork()
  socket.once('secureConnect', () => socket.uncork())
  return socket
}

/** The certificate that a device has to trust for this broker, after this computer has verified the broker's. */
export interface Anchor {
  /** SHA-256, 64 lower-case hex digits. */
  readonly fingerprint: string
  /** DER. */
  readonly certificate: Uint8Array
}

/** Calls the broker once. Throws `NegativeResult` where it cannot be trusted or reached. */
export async function anchorOf(broker: BrokerAccess): Promise<Anchor> {
  const socket = connectSecurely(broker)
  try {
    await once(socket, 'secureConnect', { signal: AbortSignal.timeout(CONNECT_TIMEOUT) })
    const given = new Set(broker.ca?.map((text) => new X509Certificate(text).fingerprint256))
    let certificate = socket.getPeerCertificate(true)
    while (!given.has(certificate.fingerprint256) && certificate.issuerCertificate !== undefined) {
      // The issuer of a root is the root.
      if (certificate.issuerCertificate.fingerprint256 === certificate.fingerprint256) break
      certificate = certificate.issuerCertificate
    }
    return { fingerprint: fingerprintOf(certificate), certificate: new Uint8Array(certificate.raw) }
  } catch (error) {
    throw new NegativeResult(`${broker.shown}: ${tlsReason(error as Error) ?? (error as Error).message}`)
  } finally {
    socket.destroy()
  }
}

const REASONS: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: "the broker's certificate, or one above it, has run out",
  CERT_NOT_YET_VALID: "the broker's certificate, or one above it, is not valid yet",
  DEPTH_ZERO_SELF_SIGNED_CERT: "no known certificate vouches for the broker's, which only vouches for itself",
  SELF_SIGNED_CERT_IN_CHAIN: "no known certificate vouches for the broker's",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "no known certificate vouches for the broker's",
  UNABLE_TO_GET_ISSUER_CERT: "no known certificate vouches for the broker's",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "no known certificate vouches for the broker's",
  CERT_SIGNATURE_FAILURE: "the signature of the broker's certificate is wrong",
  ERR_SSL_WRONG_VERSION_NUMBER: 'the server does not speak TLS',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'the server does not speak TLS',
  ERR_SSL_UNSUPPORTED_PROTOCOL: 'the server speaks no TLS 1.2 or later',
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: 'the server speaks no TLS 1.2 or later',
}

/** Why a connection with TLS has failed, for people; undefined where the error's own text says it. */
export function tlsReason(error: Error & { readonly code?: string | number }): string | undefined {
  if (error.code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    const { cert } = error as { readonly cert?: { readonly subjectaltname?: string } }
    return `the broker's certificate is for another name: ${cert?.subjectaltname ?? 'it has none'}`
  }
  return REASONS[error.code ?? '']
}

/** SHA-256 of a certificate, 64 hex digits, as the firmware's settings have it. */
export function fingerprintOf({ fingerprint256 }: { readonly fingerprint256: string }): string {
  return fingerprint256.replaceAll(':', '').toLowerCase()
}
