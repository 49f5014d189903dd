/** Whether WPA takes a text as a password: 8 to 63 printable characters of ASCII. */
export function isWpaPassword(text: string): boolean {
  return /^[ -~]{8,63}$/.test(text)
}
