/** How a command ended. */
export const EXIT = {
  well: 0,
  /** Something was refused, or is not well. */
  failed: 1,
  /** The command was written wrongly, or lacks something. */
  usage: 2,
  /** The service cannot be reached or cannot answer now. */
  unreachable: 3,
  /** By Ctrl+C: 128 and the number of SIGINT, as shells have it. */
  interrupted: 130,
} as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/** As the help of each command ends. */
export const EXIT_CODES_LINE =
  'Exit codes: 0 well, 1 refused or failed, 2 written wrongly, 3 cannot be reached now, 130 Ctrl+C'

/** As the help of all ends. */
export const EXIT_CODES_HELP = `Exit codes:
  0    well
  1    something was refused, failed, or is not well
  2    the command was written wrongly, or lacks something
  3    the service cannot be reached, or cannot answer now
  130  ended by Ctrl+C`
