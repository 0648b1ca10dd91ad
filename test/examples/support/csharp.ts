import { execFileSync, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { BACKEND, PYTHON_BIN } from '../install.ts'

const COUNT_ERRORS = `
import sys
import tree_sitter, tree_sitter_c_sharp

def errors(node):
    return int(node.is_error or node.is_missing) + sum(errors(child) for child in node.children)

parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_c_sharp.language()))
print(errors(parser.parse(sys.stdin.buffer.read()).root_node))
`

/** How many places a grammar of C# cannot read. It knows no types. */
export function syntaxErrorsOf(source: string): number {
  const python = join(PYTHON_BIN, 'python3')
  return Number(execFileSync(python, ['-c', COUNT_ERRORS], { input: source, encoding: 'utf8' }))
}

/** What came of compiling; where it fails, what the compiler said. */
type Built = string

/** Restores and builds a project in the vendor's backend. */
export function buildDotnet(project: string): Built {
  const options = { cwd: join(BACKEND, project), encoding: 'utf8' } as const
  if (spawnSync('dotnet', ['--version'], options).status !== 0) return 'no_dotnet'
  const { status, stdout } = spawnSync('dotnet', ['build'], options)
  if (status === 0) return 'built'
  return stdout.includes('NU1301') ? 'no_packages' : stdout
}
