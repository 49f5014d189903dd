/*
 * MOD/modules/crypt/etc/pkcs1_5.js. The rig's certificates have keys on P-256: there is no arithmetic for RSA here.
 */
export default class PKCS1_5 {
  constructor(_key: unknown, _isPrivate: boolean, _oid: unknown) {
    throw new Error('no RSA on the rig')
  }

  verify(_digest: ArrayBuffer, _signature: ArrayBuffer): boolean {
    return false
  }
}
