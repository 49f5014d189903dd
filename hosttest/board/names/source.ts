import ts from 'typescript'
import type { ClassNames, Constant, Member, ModuleNames } from './names.js'

/** Reads the names of a module from its text: of a stand-in, or of the SDK, whose natives are written in two ways. */
export function namesOfSource(text: string, path: string, argumentsOf = (_native: string) => 0): ModuleNames {
  const file = ts.createSourceFile(path, withoutNatives(text), ts.ScriptTarget.ES2022, true)
  const classes: Record<string, ClassNames> = {}
  const exports: Record<string, string> = {}
  for (const statement of file.statements) {
    if (ts.isClassDeclaration(statement)) {
      const name = statement.name?.text ?? 'default'
      classes[name] = namesOfClass(statement, argumentsOf)
      if (isExported(statement)) exports[isDefault(statement) ? 'default' : name] = name
    } else if (ts.isExportAssignment(statement)) {
      exports.default = exportOf(statement.expression, classes, argumentsOf)
    } else if (
      ts.isExportDeclaration(statement) &&
      statement.exportClause &&
      ts.isNamedExports(statement.exportClause)
    ) {
      for (const { name, propertyName } of statement.exportClause.elements)
        exports[name.text] = (propertyName ?? name).text
    } else if (ts.isExpressionStatement(statement)) addAssignment(statement.expression, classes)
  }
  return { exports, classes }
}

/** `close() @ "xs_close";` becomes `close() { native("xs_close") }`, and `class A @ "xs_a"` loses its destructor. */
function withoutNatives(text: string): string {
  return text
    .replace(/(class(?:\s+\w+)?(?:\s+extends\s+\w+)?)\s*@\s*"[^"]*"/g, '$1')
    .replace(/\)\s*@\s*("[^"]*")\s*;?/g, ') { native($1) }')
}

function namesOfClass(declaration: ts.ClassDeclaration, argumentsOf: (native: string) => number): ClassNames {
  const names: ClassNames = { static: {}, instance: {} }
  const base = declaration.heritageClauses?.find(({ token }) => token === ts.SyntaxKind.ExtendsKeyword)?.types[0]
  if (base !== undefined && ts.isIdentifier(base.expression)) names.extends = base.expression.text
  for (const member of declaration.members) {
    if (ts.isConstructorDeclaration(member)) names.parameters = parametersOf(member, argumentsOf)
    const name = member.name === undefined ? undefined : nameOf(member.name)
    if (name === undefined || has(member, ts.SyntaxKind.PrivateKeyword)) continue
    const side = has(member, ts.SyntaxKind.StaticKeyword) ? names.static : names.instance
    if (ts.isMethodDeclaration(member)) side[name] = parametersOf(member, argumentsOf)
    else if (ts.isGetAccessorDeclaration(member)) side[name] = side[name] === 'set' ? 'get set' : 'get'
    else if (ts.isSetAccessorDeclaration(member)) side[name] = side[name] === 'get' ? 'get set' : 'set'
    else if (ts.isPropertyDeclaration(member)) side[name] = memberOf(member.initializer)
  }
  return names
}

/** `Monitor.Rising = 1` */
function addAssignment(expression: ts.Expression, classes: Record<string, ClassNames>): void {
  if (!ts.isBinaryExpression(expression) || expression.operatorToken.kind !== ts.SyntaxKind.EqualsToken) return
  const { left, right } = expression
  if (!ts.isPropertyAccessExpression(left) || !ts.isIdentifier(left.expression)) return
  const names = classes[left.expression.text]
  if (names !== undefined) names.static[left.name.text] = memberOf(right)
}

function exportOf(
  expression: ts.Expression,
  classes: Record<string, ClassNames>,
  argumentsOf: (native: string) => number,
): string {
  if (ts.isIdentifier(expression)) return expression.text
  const object = unfrozen(expression)
  const names: ClassNames = { static: {}, instance: {} }
  if (ts.isObjectLiteralExpression(object)) {
    for (const property of object.properties) {
      const name = property.name === undefined ? undefined : nameOf(property.name)
      if (name === undefined) continue
      if (ts.isMethodDeclaration(property)) names.static[name] = parametersOf(property, argumentsOf)
      else names.static[name] = memberOf(ts.isPropertyAssignment(property) ? property.initializer : undefined)
    }
  }
  classes.default = names
  return 'default'
}

/** What can be passed: formal parameters, or as many as the C function behind them looks at. */
function parametersOf(
  declaration: ts.MethodDeclaration | ts.ConstructorDeclaration,
  argumentsOf: (native: string) => number,
): number {
  const formal = declaration.parameters.filter(({ dotDotDotToken }) => dotDotDotToken === undefined).length
  const native = /\bnative\("(\w+)"\)/.exec(declaration.body?.getText() ?? '')?.[1]
  return Math.max(formal, native === undefined ? 0 : argumentsOf(native))
}

function memberOf(expression: ts.Expression | undefined): Member {
  const value = expression === undefined ? undefined : constantOf(unfrozen(expression))
  return value === undefined ? {} : { value }
}

function constantOf(expression: ts.Expression): Constant | undefined {
  if (ts.isStringLiteralLike(expression)) return expression.text
  if (ts.isNumericLiteral(expression)) return Number(expression.text)
  if (ts.isParenthesizedExpression(expression)) return constantOf(expression.expression)
  if (ts.isPrefixUnaryExpression(expression) && expression.operator === ts.SyntaxKind.MinusToken) {
    const value = constantOf(expression.operand)
    return typeof value === 'number' ? -value : undefined
  }
  if (ts.isBinaryExpression(expression) && expression.operatorToken.kind === ts.SyntaxKind.LessThanLessThanToken) {
    const [left, right] = [constantOf(expression.left), constantOf(expression.right)]
    return typeof left === 'number' && typeof right === 'number' ? left << right : undefined
  }
  return ts.isObjectLiteralExpression(expression) ? objectOf(expression) : undefined
}

function objectOf(expression: ts.ObjectLiteralExpression): Constant {
  const object: Record<string, Constant> = {}
  for (const property of expression.properties) {
    if (!ts.isPropertyAssignment(property)) continue
    const name = nameOf(property.name)
    const value = constantOf(property.initializer)
    if (name !== undefined && value !== undefined) object[name] = value
  }
  return object
}

/** The object within `Object.freeze(...)`. */
function unfrozen(expression: ts.Expression): ts.Expression {
  if (!ts.isCallExpression(expression) || expression.expression.getText() !== 'Object.freeze') return expression
  return expression.arguments[0] ?? expression
}

export function nameOf(name: ts.PropertyName): string | undefined {
  if (ts.isPrivateIdentifier(name)) return undefined
  return ts.isComputedPropertyName(name) ? `[${name.expression.getText()}]` : name.text
}

export function has(node: ts.Node, modifier: ts.SyntaxKind): boolean {
  return ts.canHaveModifiers(node) && (ts.getModifiers(node)?.some(({ kind }) => kind === modifier) ?? false)
}

function isExported(node: ts.Node): boolean {
  return has(node, ts.SyntaxKind.ExportKeyword)
}

function isDefault(node: ts.Node): boolean {
  return has(node, ts.SyntaxKind.DefaultKeyword)
}
