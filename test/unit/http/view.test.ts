import { expect, test } from 'vitest'
import { textsOf } from '../../../functions/http/texts.ts'
import { viewsWith } from '../../../functions/http/view.ts'
import { BRAND } from '../../support/a-view.ts'
import { httpEvent } from '../support/http-event.ts'

const viewOf = viewsWith({ read: async () => ({ brand: BRAND, allowedOrigins: [] }) })

test('a view is in the language of the request, in the name of the partner', async () => {
  const request = httpEvent({ headers: { 'accept-language': 'sv, ja;q=0.5' } })
  expect(await viewOf(request)).toEqual({ language: 'ja', texts: textsOf('ja'), brand: BRAND })
})

test('a view is in the language that the link asks for', async () => {
  const headers = { 'accept-language': 'ja' }
  expect((await viewOf(httpEvent({ query: 'id=1&lang=da', headers }))).language).toBe('da')
})

test.each(['', 'lang=de&lang=fr', 'lang=%', '%%%', 'lang'])(
  'a view can be had for any query: %j',
  async (query) => {
    const { language } = await viewOf(httpEvent({ query }))
    expect(['en', 'de']).toContain(language)
  },
)
