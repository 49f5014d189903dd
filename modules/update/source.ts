/** Where a signed file comes from. */
export interface Source {
  close(): void
}

/** Takes a signed file, whichever way it comes. */
export interface SourceHost {
  /** The head of the signed file. @returns the image's length and where to go on in it; undefined ends the source */
  onHead(head: Uint8Array): { readonly length: number; readonly from: number } | undefined
  /** The next bytes of the image. False ends the source. */
  onImage(bytes: Uint8Array): boolean
  /** @param position bytes of the image so far */
  onProgress(position: number): void
  /** The image is whole. */
  onWhole(): void
  onGivenUp(reason: string): void
}
