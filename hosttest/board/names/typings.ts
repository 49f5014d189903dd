import ts from 'typescript'
import type { ClassNames, Constant, Member, ModuleNames } from './names.js'
import { has, nameOf } from './source.js'

/** What typings say of a module; beside the names, those of the options that constructors and methods take. */
export interface TypedModule extends ModuleNames {
  readonly options: readonly string[]
}

/** Reads every `declare module` of a file of typings. */
export function namesOfTypings(text: string, path: string): Map<string, TypedModule> {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true)
  const modules = new Map<string, TypedModule>()
  for (const statement of file.statements) {
    if (!ts.isModuleDeclaration(statement) || !ts.isStringLiteral(statement.name)) continue
    if (statement.body !== undefined && ts.isModuleBlock(statement.body))
      modules.set(statement.name.text, namesOfBlock(statement.body))
  }
  return modules
}

function namesOfBlock(block: ts.ModuleBlock): TypedModule {
  const classes: Record<string, ClassNames> = {}
  const exports: Record<string, string> = {}
  const options = new Set<string>()
  for (const statement of block.statements) {
    if (ts.isClassDeclaration(statement) || ts.isInterfaceDeclaration(statement)) {
      const name = statement.name?.text ?? 'default'
      classes[name] = namesOfMembers(statement.members)
      if (has(statement, ts.SyntaxKind.ExportKeyword))
        exports[has(statement, ts.SyntaxKind.DefaultKeyword) ? 'default' : name] = name
    } else if (ts.isVariableStatement(statement)) {
      for (const { name, type } of statement.declarationList.declarations) {
        const members = literalMembers(type)
        const names = namesOfMembers(members)
        classes[name.getText()] = { static: names.instance, instance: {} }
      }
    } else if (ts.isExportAssignment(statement)) exports.default = statement.expression.getText()
    else if (ts.isExportDeclaration(statement) && statement.exportClause && ts.isNamedExports(statement.exportClause))
      for (const { name, propertyName } of statement.exportClause.elements)
        exports[name.text] = (propertyName ?? name).text
    addOptions(statement, options)
  }
  return { exports, classes, options: [...options] }
}

function namesOfMembers(members: readonly (ts.ClassElement | ts.TypeElement)[]): ClassNames {
  const names: ClassNames = { static: {}, instance: {} }
  for (const member of members) {
    if (ts.isConstructorDeclaration(member))
      names.parameters = Math.max(names.parameters ?? 0, member.parameters.length)
    const name = member.name === undefined ? undefined : nameOf(member.name)
    if (name === undefined || has(member, ts.SyntaxKind.PrivateKeyword)) continue
    const side = has(member, ts.SyntaxKind.StaticKeyword) ? names.static : names.instance
    if (ts.isMethodDeclaration(member) || ts.isMethodSignature(member)) {
      // Overloads: the longest counts.
      const known = side[name]
      side[name] = Math.max(typeof known === 'number' ? known : 0, member.parameters.length)
    } else if (ts.isPropertyDeclaration(member) || ts.isPropertySignature(member)) side[name] = memberOf(member.type)
    else if (ts.isGetAccessorDeclaration(member)) side[name] = 'get'
    else if (ts.isSetAccessorDeclaration(member)) side[name] = 'set'
  }
  return names
}

function literalMembers(type: ts.TypeNode | undefined): readonly ts.TypeElement[] {
  if (type === undefined) return []
  if (ts.isTypeLiteralNode(type)) return [...type.members]
  return ts.isIntersectionTypeNode(type) ? type.types.flatMap(literalMembers) : []
}

/** Properties of the object types of parameters: what is passed as options. */
function addOptions(node: ts.Node, options: Set<string>): void {
  if (ts.isParameter(node) && node.type !== undefined) {
    for (const member of literalMembers(withoutUndefined(node.type))) {
      const name = member.name === undefined ? undefined : nameOf(member.name)
      if (name !== undefined) options.add(name)
    }
  }
  ts.forEachChild(node, (child) => addOptions(child, options))
}

function withoutUndefined(type: ts.TypeNode): ts.TypeNode {
  if (!ts.isUnionTypeNode(type)) return type
  return type.types.find((part) => ts.isTypeLiteralNode(part)) ?? type
}

function memberOf(type: ts.TypeNode | undefined): Member {
  const value = type === undefined ? undefined : constantOf(type)
  return value === undefined ? {} : { value }
}

function constantOf(type: ts.TypeNode): Constant | undefined {
  if (ts.isLiteralTypeNode(type)) {
    const { literal } = type
    if (ts.isStringLiteral(literal)) return literal.text
    if (ts.isNumericLiteral(literal)) return Number(literal.text)
    if (ts.isPrefixUnaryExpression(literal)) return Number(literal.getText())
    return undefined
  }
  if (!ts.isTypeLiteralNode(type)) return undefined
  const object: Record<string, Constant> = {}
  for (const member of type.members) {
    if (!ts.isPropertySignature(member) || member.type === undefined) continue
    const name = nameOf(member.name)
    const value = constantOf(member.type)
    if (name !== undefined && value !== undefined) object[name] = value
  }
  return object
}
