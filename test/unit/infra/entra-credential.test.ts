import { describe, expect, test } from 'vitest'
import { endsOnProblem } from '../../../infra/entra-credential.ts'

const NOW = new Date('2027-04-30T12:00:00Z')

describe('the end date of a client secret', () => {
  test.each(['', '2027-05-01', '2028-02-29', '2099-12-31'])('may be "%s"', (endsOn) => {
    expect(endsOnProblem(endsOn, NOW)).toBeUndefined()
  })

  test.each(['soon', '5/1/2027', '01.05.2027', '2027-5-1', '2027-02-30', '2027-13-01'])(
    'is no date when it is "%s", and says how to write one',
    (endsOn) => {
      expect(endsOnProblem(endsOn, NOW)).toBe(
        `"${endsOn}" is no date: write the day that Microsoft shows under "Expires", such as 2027-05-01`,
      )
    },
  )

  test.each(['2027-04-30', '2026-05-01'])('has passed when it is %s', (endsOn) => {
    expect(endsOnProblem(endsOn, NOW)).toMatch(`has ended on ${endsOn}: make a new one`)
  })
})
