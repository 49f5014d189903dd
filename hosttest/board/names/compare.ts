import type { ClassNames, Constant, Member, ModuleNames, SdkModule } from './names.js'

/** What a stand-in or typings have that the SDK has not, each in words. */
export function differences(module: string, ours: ModuleNames, sdk: SdkModule | undefined): string[] {
  if (sdk === undefined) return [`${module}: the SDK has no such module`]
  const found: string[] = []
  const ids = sdk.ids.split(' ')
  for (const name of Object.keys(ours.exports))
    if (!(name in sdk.exports)) found.push(`${module}: export ${name}: the SDK has none`)
  for (const [name, names] of Object.entries(ours.classes)) {
    const theirs = counterpart(name, ours, sdk)
    const prefix = name === ours.exports.default ? module : `${module}: ${name}`
    if (theirs === undefined) {
      for (const property of Object.keys(names.instance))
        if (!ids.includes(property)) found.push(`${prefix}: ${property}: the SDK knows no such property`)
    } else found.push(...classDifferences(prefix, names, theirs, ids))
  }
  return found
}

/** Names of options that no source of the SDK's module looks at. */
export function unknownOptions(module: string, options: readonly string[], sdk: SdkModule | undefined): string[] {
  if (sdk === undefined) return []
  const ids = sdk.ids.split(' ')
  return options
    .filter((option) => !ids.includes(option))
    .map((option) => `${module}: option ${option}: the SDK does not look at it`)
}

function counterpart(name: string, ours: ModuleNames, sdk: SdkModule): ClassNames | undefined {
  for (const [exported, local] of Object.entries(ours.exports)) {
    const theirs = local === name ? sdk.exports[exported] : undefined
    if (theirs !== undefined) return sdk.classes[theirs]
  }
  return sdk.classes[name]
}

function classDifferences(prefix: string, ours: ClassNames, sdk: ClassNames, ids: readonly string[]): string[] {
  const found: string[] = []
  if ((ours.parameters ?? 0) > (sdk.parameters ?? 0))
    found.push(`${prefix}: constructor: ${counted(ours.parameters ?? 0)}, the SDK takes ${sdk.parameters ?? 0}`)
  for (const [name, member] of Object.entries(ours.static))
    found.push(...memberDifference(`${prefix}: static ${name}`, member, sdk.static[name], false))
  for (const [name, member] of Object.entries(ours.instance))
    found.push(...memberDifference(`${prefix}: ${name}`, member, sdk.instance[name], ids.includes(name)))
  return found
}

function memberDifference(name: string, ours: Member, sdk: Member | undefined, isId: boolean): string[] {
  if (sdk === undefined) return isId && typeof ours === 'object' ? [] : [`${name}: the SDK has none`]
  if (typeof ours === 'number') {
    if (typeof sdk !== 'number') return [`${name}: a method, in the SDK it is ${kindOf(sdk)}`]
    return ours > sdk ? [`${name}: ${counted(ours)}, the SDK takes ${sdk}`] : []
  }
  if (typeof sdk === 'number') return [`${name}: ${kindOf(ours)}, in the SDK it is a method`]
  if (typeof ours === 'string') return typeof sdk === 'object' ? [`${name}: an accessor, in the SDK it is a value`] : []
  return typeof sdk === 'object' && ours.value !== undefined ? valueDifferences(name, ours.value, sdk.value) : []
}

function valueDifferences(name: string, ours: Constant, sdk: Constant | undefined): string[] {
  if (sdk === undefined) return []
  if (typeof ours !== 'object' || typeof sdk !== 'object')
    return ours === sdk ? [] : [`${name}: ${JSON.stringify(ours)}, in the SDK ${JSON.stringify(sdk)}`]
  return Object.entries(ours).flatMap(([key, value]) =>
    key in sdk ? valueDifferences(`${name}.${key}`, value, sdk[key]) : [`${name}.${key}: the SDK has none`],
  )
}

function kindOf(member: Member): string {
  return typeof member === 'string' ? 'an accessor' : typeof member === 'number' ? 'a method' : 'a value'
}

function counted(parameters: number): string {
  return parameters === 1 ? '1 parameter' : `${parameters} parameters`
}
