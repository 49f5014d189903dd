import { Command } from 'commander'
import { NegativeResult } from './errors.js'
import { fileBytes } from './lines.js'
import { PUBLIC, replaceFile } from './output-file.js'
import { say } from './print.js'
import { isRelease, MOST_OF_SIGNED, manifestOf, signedFile } from './signed-file.js'
import { readPrivateKey } from './update-key.js'

interface SignOptions {
  readonly privateKey: string
  readonly out: string
}

export function signCommand(): Command {
  return new Command('sign')
    .description('check that an image is an ESP32 application of this firmware and write it behind its signed head')
    .argument('<image>', 'what the build has made, xs_esp32.bin')
    .requiredOption('--private-key <file>', 'the key of update keygen, PEM')
    .requiredOption('--out <file>', 'the signed file')
    .addHelpText(
      'after',
      `
Version, chip and variant are those of the image. The signed file is a head of 512 bytes and the image, unchanged.

Example:
  meterlogger update sign xs_esp32.bin --private-key update-private.pem --out meterlogger-0.2.0.signed`,
    )
    .action((path: string, options: SignOptions) => {
      const privateKey = readPrivateKey(options.privateKey)
      const image = fileBytes(path, '', MOST_OF_SIGNED)
      const manifest = manifestOf(image)
      if (!manifest.ok) throw new NegativeResult(`${path}: ${manifest.error}`)
      const { version, chip, variant, length } = manifest.value
      const file = signedFile(image, manifest.value, privateKey)
      replaceFile(options.out, file, PUBLIC, [path, options.privateKey])
      if (!isRelease(version)) say(`version ${version} is no release such as 0.2.0: devices take it by --force only`)
      say(`${options.out}: version ${version} for ${chip}, variant ${variant}, ${length} bytes`)
    })
}
