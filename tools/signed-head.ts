import { toHex } from '../modules/codec/hex.js'
import { encodeUtf8 } from '../modules/codec/utf8.js'
import { HEAD, type Manifest } from '../modules/update/manifest.js'

/** The lines that are signed. */
export function signedText({ project, chip, variant, version, length, sha256 }: Manifest): string {
  return `METERLOGGER UPDATE 1\nproject=${project}\nchip=${chip}\nvariant=${variant}\nversion=${version}\nlength=${length}\nsha256=${sha256}\n`
}

/** The head of a signed file. @param signature r and s, 64 bytes */
export function encodeHead(manifest: Manifest, signature: Uint8Array): Uint8Array {
  const head = new Uint8Array(HEAD).fill(0x0a)
  head.set(encodeUtf8(`${signedText(manifest)}signature=${toHex(signature)}\n`))
  return head
}
