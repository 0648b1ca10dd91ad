/** How a PNG file begins. */
const PNG_SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])

/** What an SVG file may begin with, and the root element that it has then. */
const SVG_BEGINNING = /^\uFEFF?\s*<(?:\?xml|!--|!doctype svg|svg)/i
const SVG_ROOT = /<svg(?:\s[^>]*)?>/i

/**
 * The content of a picture file as a `data:` URI.
 * @returns `undefined` when it is neither PNG nor SVG.
 */
export function logoOf(content: Uint8Array): string | undefined {
  const bytes = Buffer.from(content)
  const base64 = bytes.toString('base64')
  if (bytes.subarray(0, PNG_SIGNATURE.length).equals(PNG_SIGNATURE)) {
    return `data:image/png;base64,${base64}`
  }
  const text = bytes.toString('utf8')
  const isSvg = SVG_BEGINNING.test(text) && SVG_ROOT.test(text)
  return isSvg ? `data:image/svg+xml;base64,${base64}` : undefined
}
