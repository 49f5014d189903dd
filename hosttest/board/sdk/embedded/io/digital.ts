import DigitalBank from './digitalbank.js'

/*
 * MOD/modules/io/digital/digital.js: one pin of a bank. :29 no pin is "invalid"; :58 what is written is a number or not;
 * :55 what is read is 1 or 0. What is true of a bank is true of it too.
 */
interface Options {
  readonly pin: number | { readonly port: unknown; readonly pin: number }
  readonly mode: unknown
  readonly edge?: number
  readonly onReadable?: ((triggered: number) => void) | null
  readonly format?: unknown
  readonly activeLow?: unknown
  readonly initialValue?: unknown
  readonly target?: unknown
}

class Digital extends DigitalBank {
  static override Input = DigitalBank.Input
  static override InputPullUp = DigitalBank.InputPullUp
  static override InputPullDown = DigitalBank.InputPullDown
  static override InputPullUpDown = DigitalBank.InputPullUpDown

  static override Output = DigitalBank.Output
  static override OutputOpenDrain = DigitalBank.OutputOpenDrain

  static override ActiveLow = DigitalBank.ActiveLow

  static Rising = 1
  static Falling = 2

  constructor(options: Options) {
    if (options.pin === undefined) throw new Error('invalid')
    const pin = typeof options.pin === 'number' ? options.pin : options.pin.pin
    const pins = 1 << (pin & 0x1f)
    const edge = options.edge ?? 0
    super({
      pins,
      bank: (pin >> 5) & 0xff,
      mode: options.mode,
      rises: edge & Digital.Rising ? pins : 0,
      falls: edge & Digital.Falling ? pins : 0,
      format: options.format,
      ...(options.onReadable === undefined ? {} : { onReadable: options.onReadable }),
      ...('activeLow' in options ? { activeLow: options.activeLow } : {}),
      ...('initialValue' in options ? { initialValue: Number(options.initialValue) ? pins : 0 } : {}),
      ...('target' in options ? { target: options.target } : {}),
    })
  }

  override read(): number {
    return super.read() ? 1 : 0
  }

  override write(value: number): void {
    super.write(Number(value) ? ~0 : 0)
  }
}

export default Digital
