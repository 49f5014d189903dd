/* C functions of modules that otherwise are JavaScript: MOD/modules/network/sntp/modsntp.c. */

/** A request of version 4 by a client. */
export function xs_sntp_packet(): ArrayBuffer {
  const packet = new Uint8Array(48)
  packet[0] = (4 << 3) | 3
  return packet.buffer
}

/** Seconds since 1900 to seconds since 1970, in 32 bits with a sign. */
export function xs_sntp_toNumber(...bytes: readonly number[]): number {
  let seconds = 0
  for (const byte of bytes) seconds = (seconds << 8) | byte
  return (seconds - 2_208_988_800) | 0
}
