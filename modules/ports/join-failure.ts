/** Why the station is not in a network, in the original's words, which the server knows. */
export const NOT_FOUND = 'no_ap_found'
export const REFUSED = 'auth_fail'
export const UNSPECIFIED = 'unspecified'

export type JoinFailure = typeof NOT_FOUND | typeof REFUSED | typeof UNSPECIFIED
