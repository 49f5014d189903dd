/** Reasons why the station is not in a network, in the original's words where it has one. */
export const NOT_FOUND = 'no_ap_found'
export const REFUSED = 'auth_fail'
export const NO_ADDRESS = 'no address in time'
export const NO_BROKER = 'no_broker'
