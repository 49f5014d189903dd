import { HEAT_METER_QUANTITIES, type MeterDriver, ON_THE_LINE } from '../meters/driver.js'

/** A FlowIQ water meter, heard by a concentrator. The first meter on the list names the device and has the valve. */
export const flowiq: MeterDriver = Object.freeze({
  ...ON_THE_LINE,
  name: 'flowiq',
  option: 'FLOWIQ',
  implies: Object.freeze([
    Object.freeze({ option: 'BLE', reason: 'a FlowIQ is read over BLE' }),
    Object.freeze({ option: 'FLOW_METER', reason: undefined }),
  ]),
  model: 'FLOWIQ',
  tellsSerial: false,
  // A radio meter's sample carries whatever the meter has, of water or of heat.
  quantities: Object.freeze({ heat: HEAT_METER_QUANTITIES.heat, flow: HEAT_METER_QUANTITIES.heat }),
  // A host without BLE hears nothing, but stays on the network.
  create: ({ radio }, { serial }) => radio ?? { serial, start() {}, close() {} },
} satisfies MeterDriver)
