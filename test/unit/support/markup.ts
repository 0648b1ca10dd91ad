/** What a browser makes of escaped text. */
export function unescaped(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')
}

/** The first attribute of that name. */
export function attribute(text: string, name: string): string {
  return unescaped(new RegExp(` ${name}="([^"]*)"`).exec(text)?.[1] ?? '')
}

/** Every attribute of that name. */
export function attributes(text: string, name: string): readonly string[] {
  return [...text.matchAll(new RegExp(` ${name}="([^"]*)"`, 'g'))].map(([, value = '']) =>
    unescaped(value),
  )
}

/** The page's last script. */
export function scriptOf(text: string): string {
  return [...text.matchAll(/<script>([\s\S]*?)<\/script>/g)].at(-1)?.[1] ?? ''
}

/** What the page carries for the partner's window. */
export function dataOf(text: string): Readonly<Record<string, unknown>> | undefined {
  const [element] = /<div id="partner"[^>]*>/.exec(text) ?? []
  if (element === undefined) return undefined
  const message = attribute(element, 'data-message')
  const words = attribute(element, 'data-words')
  return {
    origin: attribute(element, 'data-origin'),
    ...(words && { words }),
    ...(message && { message: JSON.parse(message) }),
    closes: element.includes(' data-closes'),
  }
}

/** The forms of a page: where they are sent, and what they send unseen. */
export function formsOf(
  text: string,
): readonly { readonly action: string; readonly fields: Readonly<Record<string, string>> }[] {
  return [...text.matchAll(/<form method="post" action="([^"]*)">([\s\S]*?)<\/form>/g)].map(
    ([, action = '', content = '']) => ({
      action,
      fields: Object.fromEntries(
        [...content.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)].map(
          ([, name = '', value = '']) => [name, unescaped(value)],
        ),
      ),
    }),
  )
}
