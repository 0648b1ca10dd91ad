/** The variables by which the tests find what was started for them. */
export const TEST_ENV = {
  /** Where the functions look for Microsoft, and the stand-in has to listen. */
  microsoftPort: 'MICROSOFT_PORT',
  /** A folder that is removed at the end. */
  workFolder: 'WORK_FOLDER',
} as const

export const microsoftPort = Number(process.env[TEST_ENV.microsoftPort])
export const workFolder = process.env[TEST_ENV.workFolder] ?? ''
