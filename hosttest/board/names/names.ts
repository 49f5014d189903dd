/** A constant, as far as it can be told from the text: numbers, strings, and objects of them. */
export type Constant = number | string | boolean | { readonly [name: string]: Constant }

/** A method by the most parameters that it takes, an accessor, or a value. */
export type Member = number | 'get' | 'set' | 'get set' | { readonly value?: Constant }

/** Names of a class; an object that is exported in place of one has static members alone. */
export interface ClassNames {
  /** Of the constructor. */
  parameters?: number
  extends?: string
  readonly static: Record<string, Member>
  readonly instance: Record<string, Member>
}

/** What a module gives those who import it. */
export interface ModuleNames {
  /** Exported name to the class or object behind it. */
  readonly exports: Record<string, string>
  readonly classes: Record<string, ClassNames>
}

/** A module of the SDK: facts that its sources tell. */
export interface SdkModule extends ModuleNames {
  /** Path in the SDK. */
  readonly file: string
  /** Names of properties, with spaces between, that its C and JavaScript sources look at: options, and what they set. */
  readonly ids: string
}

export interface SdkNames {
  readonly sdk: string
  readonly modules: Readonly<Record<string, SdkModule>>
}
