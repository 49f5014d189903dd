/** Why a machine started, in the numbers of the ESP8266 SDK, which the server knows. */
export const POWER_ON = 0
export const EXCEPTION = 2
export const RESTART = 4
export const RESET_PIN = 6
/** The firmware's own: its watchdog for the network has restarted it. */
export const NETWORK_WATCHDOG = 7
