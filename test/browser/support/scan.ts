import type { Stage } from './stage.ts'
import type { Visitor } from './visitor.ts'

/** Sends every form on the page as the page's own script could. @returns how many there were. */
async function postEveryForm({ page, context }: Visitor): Promise<number> {
  const forms = await page.locator('form').evaluateAll((elements) =>
    elements.flatMap((element) => {
      if (!(element instanceof HTMLFormElement)) return []
      const buttons = [undefined, ...element.querySelectorAll('button')]
      return buttons.map((button) => ({
        url: element.action,
        fields: [...new FormData(element, button)].map(([name, value]) => [name, String(value)]),
      }))
    }),
  )
  for (const { url, fields } of forms) {
    await context.request.post(url, { form: Object.fromEntries(fields), failOnStatusCode: false })
  }
  return forms.length
}

/** What a mail scanner may do with a link: HEAD, GET with scripts, and a POST of all that can be posted. @returns how many forms it sent. */
export async function scan(stage: Stage, scanner: Visitor, link: string): Promise<number> {
  const { page, context } = scanner
  await context.request.head(link)
  await page.goto(link)
  await context.request.post(link, { failOnStatusCode: false })
  // It has no account at Microsoft, so that on a page of Microsoft's there is nothing for it to send.
  const isOurs = page.url().startsWith(stage.serviceUrl)
  return isOurs ? postEveryForm(scanner) : 0
}
