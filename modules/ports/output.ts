/** A pin that is driven, in the manner of ECMA-419 Digital. */
export interface OutputPort {
  write(level: 0 | 1): void
}
