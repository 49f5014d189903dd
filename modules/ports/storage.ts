/** Small named blobs that outlive power-off. Keys are at most 15 characters (NVS). Neither method throws. */
export interface StoragePort {
  /** Gives the blob in a buffer of its own; undefined where there is none, or where it cannot be read. */
  read(key: string): Uint8Array | undefined
  /**
   * Replaces the whole blob; a power cut may leave the old one, the new one or neither. False when the flash, full or worn,
   * did not take it: the old one may be gone even so.
   */
  write(key: string, bytes: Uint8Array): boolean
}
