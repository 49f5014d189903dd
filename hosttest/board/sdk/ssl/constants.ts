/* MOD/modules/crypt/ssl/ssl_constants.js */
export const AES = 0
export const ECDHE_RSA = 6
export const GCM = 2
export const SHA256 = 2
