/**
 * Loaded into the function's process before anything else (`node --require`): its clock is ahead by as
 * many milliseconds as the file CLOCK_AHEAD_FILE says. Timers keep their pace.
 */
const { readFileSync } = require('node:fs')

const MachineDate = Date
const now = () =>
  MachineDate.now() + Number(readFileSync(process.env.CLOCK_AHEAD_FILE, { encoding: 'utf8' }))

globalThis.Date = class AheadDate extends MachineDate {
  constructor(...parts) {
    super(...(parts.length === 0 ? [now()] : parts))
  }

  static now() {
    return now()
  }
}
