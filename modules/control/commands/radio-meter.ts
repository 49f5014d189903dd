import { amountText } from '../../codec/decimal.js'
import { asks, type CommandTable, type Run } from '../device.js'
import { FLOW_DECIMALS, parseAmount } from '../valve/amount.js'

/** The water always flows. */
const STATUS = 'open'

/** Nothing closes at an amount, so what was paid for is what is left. A text that is no amount counts as 0. */
const takeAmount: Run = (_device, reply, payload) => {
  reply(amountText(parseAmount(payload, FLOW_DECIMALS) ?? 0, FLOW_DECIMALS))
  reply(STATUS, 'status')
}

/**
 * The commands to a valve under the number of a radio meter, which has none. They change nothing: the heating valve belongs
 * to the device's own number. The server repeats a payment until the answer has its amount.
 */
export const radioMeter: CommandTable = Object.freeze({
  open: asks(() => {}),
  close: asks(() => {}),
  status: asks((_device, reply) => reply(STATUS)),
  open_until: asks(takeAmount),
  open_until_delta: asks(takeAmount),
})
