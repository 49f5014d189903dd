/** The module mc/config as mcconfig writes it: frozen to the last (MOD/tools/mcconfig.js, ConfigFile). */
export function configSource(config: Record<string, unknown>): string {
  return `const freeze = (value) => {
  if (typeof value === 'object' && value !== null) Object.values(value).forEach(freeze)
  return Object.freeze(value)
}
export default freeze(${JSON.stringify(config)})`
}
