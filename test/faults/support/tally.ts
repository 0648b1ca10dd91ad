/** Shows how many rows there were of each target. */
export function tally(rows: readonly { readonly target: string }[]): void {
  const counts = new Map<string, number>()
  for (const { target } of rows) counts.set(target, (counts.get(target) ?? 0) + 1)
  const lines = [...counts].map(([target, count]) => `${target.padEnd(40)}${count} rows`)
  process.stdout.write(`\n${lines.join('\n')}\n`)
}
