import { expect } from 'vitest'
import { test } from './support/browser-test.ts'
import { partnerPage } from './support/partner-site.ts'

/** What fails every other test of this tier does see what it is for. */
const SEEN = [
  /^the console says: on purpose$/,
  /^a script failed: on purpose$/,
  /^the console says: .*Content Security Policy/,
  /^asked a stranger: http:\/\/stranger\.invalid\/path$/,
  /^the console says: .*ERR_NAME_NOT_RESOLVED/,
  /^\/ came without content-security-policy$/,
]

test('the watch sees errors, violations of the policy, strangers and missing headers', async ({
  stage,
  visitor,
  page,
}) => {
  await page.goto(partnerPage(stage.partnerSite.origin, 'link', '/'))
  const failed = page.waitForEvent('requestfailed')
  await page.evaluate("console.error('on purpose')")
  await page.evaluate(() => {
    setTimeout(() => {
      throw new Error('on purpose')
    })
    new Image().src = 'http://stranger.invalid/path?secret'
  })
  await failed
  await page.goto(`${stage.serviceUrl}/connector/callback`)
  await page.evaluate(() => {
    document.body.append(document.createElement('style'))
    document.querySelector('style:last-of-type')?.append('h1 { color: red }')
  })
  // The page of the local product, not the service's: its policy allows inline styles.
  await page.goto(`${stage.serviceUrl}/`)
  await expect.poll(() => SEEN.filter((pattern) => !saw(pattern))).toEqual([])
  for (const pattern of SEEN) visitor.watch.tolerate(pattern)
  expect(visitor.watch.problems()).toEqual([])

  function saw(pattern: RegExp): boolean {
    return visitor.watch.problems().some((problem) => pattern.test(problem))
  }
})
