/** The options of a command of ours that runs CDK; all others are CDK's. */
export interface OwnOptions {
  readonly flags: readonly string[]
  /** Options with a value. */
  readonly values: readonly string[]
}

/** Arguments apart: ours by their names, a flag with an empty value, and CDK's in their order. */
export interface SortedArguments {
  readonly own: ReadonlyMap<string, string>
  readonly cdk: readonly string[]
}

/** @throws Error when a value is missing. */
export function ownArguments(args: readonly string[], options: OwnOptions): SortedArguments {
  const own = new Map<string, string>()
  const cdk: string[] = []
  const rest = [...args]
  for (let next = rest.shift(); next !== undefined; next = rest.shift()) {
    const [name = '', ...inline] = next.split('=')
    if (options.flags.includes(next)) own.set(next, '')
    else if (options.values.includes(name)) {
      own.set(name, inline.length > 0 ? inline.join('=') : valueAfter(name, rest))
    } else cdk.push(next)
  }
  return { own, cdk }
}

function valueAfter(name: string, rest: string[]): string {
  const value = rest.shift()
  if (value === undefined || value.startsWith('--')) throw new Error(`write a value after ${name}`)
  return value
}

/** The value that an option of CDK's has among these arguments, in any of the ways to write it. */
export function cdkOption(args: readonly string[], ...names: readonly string[]): string[] {
  return args.flatMap((arg, index) => {
    const [name = '', ...inline] = arg.split('=')
    if (!names.includes(name)) return []
    return [inline.length > 0 ? inline.join('=') : (args[index + 1] ?? '')]
  })
}

/** A setting as `--context name=value` gives it; the last one counts. */
export function contextArgument(args: readonly string[], setting: string): string | undefined {
  const given = cdkOption(args, '--context', '-c').filter((it) => it.startsWith(`${setting}=`))
  return given.at(-1)?.slice(setting.length + 1)
}
