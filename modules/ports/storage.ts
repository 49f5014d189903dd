/** Small named blobs that outlive power-off. Keys are at most 15 characters (NVS). */
export interface StoragePort {
  read(key: string): Uint8Array | undefined
  /** Replaces the whole blob; a power cut may leave the old one, the new one or neither. */
  write(key: string, bytes: Uint8Array): void
}
