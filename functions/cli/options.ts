import { type Command, InvalidArgumentError } from 'commander'

/** What most commands take. */
export interface CommonOptions {
  readonly account?: string
  readonly json?: true
}

export function withJson(command: Command): Command {
  return command.option('--json', 'write the result as JSON')
}

export function withAccount(command: Command): Command {
  const usual =
    'your id of the customer; that of the login or DYNAMICS_CONNECT_ACCOUNT unless given'
  return command.option('--account <id>', usual)
}

/** Reads a whole number of an option. */
export function wholeNumber(from: number, to: number): (text: string) => number {
  return (text) => {
    const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
    if (number >= from && number <= to) return number
    throw new InvalidArgumentError(`Give a whole number from ${from} to ${to}.`)
  }
}
