/** Kamstrup Meter Protocol, Kamstrup 5512-447: physical and data link layer (3), application layer (6). */
export const START_TO_METER = 0x80
export const START_FROM_METER = 0x40
export const STOP = 0x0d
export const ACK = 0x06
export const STUFF = 0x1b

/** Destination address of the heat meter itself. */
export const HEAT_METER = 0x3f

export const GET_TYPE = 0x01
export const GET_SERIAL_NO = 0x02
export const GET_REGISTER = 0x10

/** Most registers one GetRegister may ask for (6.2.4). */
export const MAX_REGISTERS = 8
