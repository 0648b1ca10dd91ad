/** The script of every page with a copy field: shows the button, which is of no use without it. */
export const COPY_SCRIPT = `
for (const button of document.querySelectorAll('button[data-copy]')) {
  const field = button.previousElementSibling
  button.hidden = false
  button.onclick = async () => {
    field.select()
    try {
      await navigator.clipboard.writeText(field.value)
    } catch {
      document.execCommand('copy')
    }
    button.textContent = button.dataset.copy
  }
}
`
