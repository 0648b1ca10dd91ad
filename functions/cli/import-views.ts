import type { ImportTally, PlannedLine, RefusedLine } from './import-run.ts'
import type { Paint } from './paint.ts'
import { table } from './table.ts'

/** How an import ended, with every line that was refused and who has to act. */
export function tallyText(paint: Paint, tally: ImportTally, lines: number): string {
  const { imported, made, alreadyImported, refused } = tally
  const left = lines - imported - alreadyImported - refused.length
  const parts = [
    `imported ${imported} (${made} new connections)`,
    `${alreadyImported} were imported before`,
    `${refused.length} refused`,
    `${left} left`,
  ]
  const summary = `${parts.join(', ')}; ${lines} lines`
  return refused.length === 0 ? summary : `${refusedTable(paint, refused)}\n\n${summary}`
}

export function tallyJson(
  { imported, made, alreadyImported, refused }: ImportTally,
  lines: number,
): Readonly<Record<string, unknown>> {
  return {
    Lines: lines,
    Imported: imported,
    NewConnections: made,
    ImportedBefore: alreadyImported,
    Refused: inOrder(refused).map(({ line, code, who, message }) => ({
      Line: line.number,
      AccountId: line.accountId,
      Name: line.name ?? null,
      Resource: line.resource,
      Code: code,
      Who: who ?? null,
      Message: message,
    })),
  }
}

export function planTable(paint: Paint, planned: readonly PlannedLine[]): string {
  const heads = ['LINE', 'ACCOUNT', 'CONNECTION', 'RESOURCE', 'WHAT', 'WHY']
  const rows = planned.map(({ line, what, connectionId, message }) => [
    line.number,
    line.accountId,
    connectionId ?? line.name,
    line.resource,
    what,
    message,
  ])
  return table(paint, heads, rows)
}

export function planJson(planned: PlannedLine): Readonly<Record<string, unknown>> {
  const { line, what, connectionId, message } = planned
  return {
    Line: line.number,
    AccountId: line.accountId,
    Name: line.name ?? null,
    Resource: line.resource,
    What: what,
    ConnectionId: connectionId ?? null,
    Message: message ?? null,
  }
}

function refusedTable(paint: Paint, refused: readonly RefusedLine[]): string {
  const heads = ['LINE', 'ACCOUNT', 'CONNECTION', 'ACTS', 'CODE', 'WHAT TO DO']
  const rows = inOrder(refused).map(({ line, who, code, message }) => [
    line.number,
    line.accountId,
    line.name ?? line.resource,
    who,
    code,
    message,
  ])
  return table(paint, heads, rows)
}

function inOrder(refused: readonly RefusedLine[]): readonly RefusedLine[] {
  return [...refused].sort((one, other) => one.line.number - other.line.number)
}
