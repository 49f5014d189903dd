/** The device's own address in the set-up network. Every name that is asked for there leads to it. */
export const PORTAL_ADDRESS = '192.168.4.1'
