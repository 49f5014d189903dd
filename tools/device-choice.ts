import { type Command, Option } from 'commander'
import { UsageError } from './errors.js'
import { type KeyRegister, registered } from './key-register.js'
import { parseSerial } from './options.js'

/** Which devices of a register are meant. */
export interface Choice {
  readonly keys: string
  readonly group?: string
  readonly serial?: readonly string[]
}

/** Adds the register and the ways to choose some of its devices. */
export function withChoice(command: Command): Command {
  return command
    .requiredOption('--keys <path>', 'key register; its devices come in its order')
    .addOption(new Option('--group <name>', 'only the devices of this group').conflicts('serial'))
    .option('--serial <n...>', 'only these devices', (text: string, before: readonly string[] = []) => [
      ...before,
      parseSerial(text),
    ])
}

/** The serial numbers that the options choose, in the order of the register. Throws `UsageError` where there are none. */
export function chosen(register: KeyRegister, { keys, group, serial }: Choice): readonly string[] {
  if (serial !== undefined) {
    const wanted = new Set(serial.map((one) => registered(register, one, keys)))
    return register.devices.filter((device) => wanted.has(device)).map((device) => device.serial)
  }
  const devices = register.devices.filter((device) => group === undefined || device.group === group)
  if (devices.length === 0)
    throw new UsageError(group === undefined ? `no device in ${keys}` : `no device of the group "${group}" in ${keys}`)
  return devices.map((device) => device.serial)
}
