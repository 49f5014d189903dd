import { fromHex } from '../../../modules/codec/hex.js'
import { KmpParser } from '../../../modules/kmp/parser.js'
import { decodeRegisters, registerText, unitText } from '../../../modules/kmp/registers.js'
import { measure } from './figures.js'

const REPLY = fromHex(
  '403f10003c0304430000dd9600442804420002041f03ec2e040000011e6f0056250442000009390057250442000008ab00592604420000008e004a2904000000000000501604410000000005cc0d',
)!

const parser = new KmpParser()
const texts: string[] = []

void measure('kmp', () => {
  parser.push(REPLY, (frame) => {
    const registers = frame.ok ? decodeRegisters(frame.value.data) : frame
    if (!registers.ok) throw new Error(registers.error)
    for (const register of registers.value) texts.push(registerText(register), unitText(register.unit))
  })
  if (texts.length !== 16) throw new Error('no reading')
})
