import { failure, type Result, success } from '../../../modules/codec/result.js'

/** Why this browser reaches no board; undefined where it does. */
export function unable(): string | undefined {
  if (!isSecureContext)
    return 'Browsers give serial ports only to pages that come over https://, from this computer, or from its disk. Open this page in one of these ways.'
  if (navigator.serial !== undefined) return undefined
  return 'This browser has no Web Serial, so it reaches no board. Chrome, Edge and other browsers made from Chromium have it, on a computer. The key, the label and everything else on this page work here, too; npm run flash and esptool write a board without a browser.'
}

/** Lets somebody choose a port. The error tells what to do. */
export async function choosePort(): Promise<Result<SerialPort>> {
  try {
    return success(await navigator.serial.requestPort())
  } catch (error) {
    const name = error instanceof DOMException ? error.name : ''
    if (name === 'SecurityError')
      return failure(
        'The browser gives this page no serial port: its settings, or those of whoever looks after this computer, forbid it.',
      )
    return failure(
      'No port was chosen. Where the list is empty: some USB cables only charge, and some boards need the driver of their USB chip (CP210x or CH340).',
    )
  }
}
