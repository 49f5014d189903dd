import { Vw1871Parser } from '../../../modules/ble/vw1871.js'
import { fromHex } from '../../../modules/codec/hex.js'
import { measure } from './figures.js'

const RECORD = fromHex(
  'fbfbfbf011012508dcdf916261ad0125442d2c703749741f168d20b4231b02216f07ddd3efa318553ddfee5134db3985c5db84a7e6e8cbfefe0e0f',
)!
const OWN = 0x12345678

let parser: Vw1871Parser
let strangers = 0

async function run(): Promise<void> {
  await measure('vw1871 parser', () => {
    parser = new Vw1871Parser({
      onRecord: (record) => {
        if (record.meterId !== OWN) strangers++
      },
      onBattery: () => {},
    })
  })
  await measure("1000 strangers' telegrams", () => {
    for (let i = 0; i < 1000; i++) parser.push(RECORD)
    if (strangers !== 1000) throw new Error(`${strangers} telegrams`)
  })
}

void run()
