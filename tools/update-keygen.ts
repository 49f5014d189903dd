import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { rmSync } from 'node:fs'
import { Command } from 'commander'
import { PRIVATE, PUBLIC, writeNew } from './output-file.js'
import { print, say } from './print.js'
import { pointOf } from './update-key.js'

interface KeygenOptions {
  readonly privateKey: string
  readonly publicKey: string
}

export function keygenCommand(): Command {
  return new Command('keygen')
    .description(
      'make the pair of keys whose owner signs updates; prints the public one as the build option UPDATE_KEY',
    )
    .requiredOption('--private-key <file>', 'the key that signs, PEM; nobody else can read it')
    .requiredOption('--public-key <file>', 'the key that the devices get, PEM')
    .addHelpText(
      'after',
      `
No file is overwritten. Who has the private key decides what the devices run, and without it they take no update any more:
keep a copy offline.

Example:
  meterlogger update keygen --private-key update-private.pem --public-key update-public.pem`,
    )
    .action((options: KeygenOptions) => {
      print(makePair(options))
      say(`${options.privateKey} signs; ${options.publicKey} and the line above are for the devices`)
    })
}

/** Makes both files, or none. @returns the public key, 128 hex digits */
function makePair({ privateKey: privatePath, publicKey: publicPath }: KeygenOptions): string {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  writeNew(publicPath, pem(publicKey, 'spki'), PUBLIC)
  try {
    writeNew(privatePath, pem(privateKey, 'pkcs8'), PRIVATE)
  } catch (error) {
    rmSync(publicPath)
    throw error
  }
  return pointOf(publicKey)
}

function pem(key: KeyObject, type: 'spki' | 'pkcs8'): string {
  return key.export({ format: 'pem', type }).toString()
}
