import { hasOnly } from '../codec/characters.js'
import { toHex } from '../codec/hex.js'
import { failure, type Result, success } from '../codec/result.js'
import type { TlsVerifierPort } from '../ports/tls-verifier.js'
import { type Certificate, type PublicKey, parseCertificate } from './certificate.js'
import { scalarsOf } from './scalars.js'

/** Whom a connection trusts. */
export interface Trust {
  /** SHA-256, 64 lower-case hex digits, of the one certificate that is trusted: the broker's own, or one above it. */
  readonly fingerprint: string
  /** The broker's name or IPv4 address. */
  readonly host: string
  /** Unix seconds of now. */
  readonly unix: number
  readonly verifier: TlsVerifierPort
  /** Certificates, DER, that the broker need not send. */
  readonly known?: readonly Uint8Array[]
}

/** Certificates of a chain at most, each of which costs a signature. */
const MOST = 4

/**
 * The broker's public key, when the chain that it sent, its own certificate first and each certified by the next, leads to
 * the trusted one. It begins there, so that nothing of a stranger's is computed with before somebody trusted has signed it.
 */
export function checkChain(sent: readonly Uint8Array[], trust: Trust): Result<PublicKey> {
  const { unix, host, verifier } = trust
  const chain = upToTrusted(sent, trust)
  if (chain === undefined) return failure('none of the certificates that the broker sent is the pinned one')
  if (chain.length > MOST) return failure(`more than ${MOST} certificates between the broker and the pinned one`)
  let issuer: Certificate | undefined
  for (let at = chain.length - 1; at >= 0; at--) {
    const parsed = parseCertificate(chain[at]!)
    if (!parsed.ok) return parsed
    const certificate = parsed.value
    const whose = at === 0 ? "the broker's certificate" : 'a certificate above it'
    if (issuer !== undefined && !isSigned(certificate, issuer.key, verifier))
      return failure(`${whose} is not signed by the one above it`)
    if (unix < certificate.from) return failure(`${whose} is not valid yet`)
    if (unix > certificate.to) return failure(`${whose} has run out`)
    if (certificate.mostBelow < at - 1) return failure(`${whose} may not vouch for others`)
    issuer = certificate
  }
  const { names, isForServers, key } = issuer!
  if (!isForServers) return failure("the broker's certificate is not for servers")
  if (!names.some((name) => isNamed(name, host)))
    return failure(`the broker's certificate is not for ${host}, but for ${names.join(', ') || 'no name'}`)
  return success(key)
}

/** The chain from the broker's certificate to the trusted one; undefined where that is not there. */
function upToTrusted(sent: readonly Uint8Array[], trust: Trust): readonly Uint8Array[] | undefined {
  const isTrusted = (bytes: Uint8Array) => {
    const digest = trust.verifier.digest()
    digest.write(bytes)
    return toHex(digest.close()) === trust.fingerprint
  }
  const at = sent.findIndex(isTrusted)
  if (at >= 0) return sent.slice(0, at + 1)
  const known = trust.known?.find(isTrusted)
  return known === undefined || sent.length === 0 ? undefined : [...sent, known]
}

function isSigned(
  { signed, signature, signatureKind }: Certificate,
  key: PublicKey,
  verifier: TlsVerifierPort,
): boolean {
  if (key.kind !== signatureKind) return false
  if (key.kind === 'rsa')
    return signature.length === key.modulus.length && verifier.verifyRsa(key.modulus, signed, signature)
  const scalars = scalarsOf(signature)
  return scalars !== undefined && verifier.verify(key.point, signed, scalars)
}

/** Whether a certificate's name is this host's: the same, or `*` for all of its first label (RFC 6125, 6.4.3). */
function isNamed(name: string, host: string): boolean {
  const wanted = host.toLowerCase()
  if (name === wanted) return true
  const dot = wanted.indexOf('.')
  // No address is named by a `*`.
  return dot > 0 && name.startsWith('*.') && name.slice(1) === wanted.slice(dot) && !hasOnly(wanted, '..09')
}
