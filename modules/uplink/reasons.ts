/** Why the device does without a network that the radio has joined, beside `JoinFailure`. */
export const NO_ADDRESS = 'no address in time'
export const NO_BROKER = 'no_broker'
