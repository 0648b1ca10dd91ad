import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { understandAddress } from '../../../functions/domain/typed-address.ts'

const CONTOSO = 'https://contoso.crm4.dynamics.com'

describe('an address', () => {
  test.each([
    CONTOSO,
    `${CONTOSO}/`,
    'contoso.crm4.dynamics.com',
    '  CONTOSO.CRM4.DYNAMICS.COM  ',
    'HTTPS://Contoso.crm4.dynamics.com',
  ])('%j is understood as it is', (typed) => {
    const understood = { outcome: 'understood', resource: CONTOSO, isPlain: true }
    expect(understandAddress(typed, ['commercial'])).toEqual(understood)
  })

  test.each([
    `${CONTOSO}/main.aspx?appid=4b1c-9d2e&pagetype=entitylist#top`,
    `${CONTOSO}/api/data/v9.2/`,
    'contoso.api.crm4.dynamics.com',
    'https://contoso.api.crm4.dynamics.com/api/data/v9.2',
    'http://contoso.crm4.dynamics.com',
    'contoso.crm4.dynamics.com:443/apps',
  ])('%j is understood, and is worth a second look', (typed) => {
    const understood = { outcome: 'understood', resource: CONTOSO, isPlain: false }
    expect(understandAddress(typed, ['commercial'])).toEqual(understood)
  })

  test.each([
    '',
    'contoso',
    'https://make.powerapps.com/environments/1',
    'https://www.dynamics.com',
    'https://admin.crm4.dynamics.com',
    'contoso.crm4.dynamics.com.evil.example',
    'https://evil.example/contoso.crm4.dynamics.com',
    'https://contoso.crm4.dynamics.com@evil.example',
    'contoso.crm4.dynamics.com evil.crm4.dynamics.com',
  ])('%j is not understood', (typed) => {
    expect(understandAddress(typed, ['commercial'])).toEqual({ outcome: 'not_understood' })
  })

  test.each(['https://contoso.crm.dynamics.cn', 'contoso.crm.microsoftdynamics.us/main.aspx'])(
    '%j is of a cloud that is not enabled',
    (typed) => {
      expect(understandAddress(typed, ['commercial'])).toEqual({ outcome: 'cloud_not_enabled' })
    },
  )

  test('whatever is typed, only an address of Microsoft’s comes out', () => {
    const environment = /^https:\/\/[a-z0-9-]+\.crm\d{0,2}\.dynamics\.com$/
    const around = fc.string({ unit: 'binary' })
    fc.assert(
      fc.property(around, around, (before, after) => {
        const typed = `${before}contoso.crm4.dynamics.com${after}`
        const address = understandAddress(typed, ['commercial'])
        const comesOut = address.outcome === 'understood' ? address.resource : 'nothing'
        expect(comesOut).toMatch(new RegExp(`^nothing$|${environment.source}`))
      }),
    )
  })
})
