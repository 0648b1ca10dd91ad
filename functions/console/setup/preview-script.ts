/**
 * Shows the customers' page again while its name and colour are typed, and lets the colour be picked. Without
 * it a button shows the page.
 */
export const PREVIEW_SCRIPT = `
const frame = document.querySelector('iframe[name=preview]')
if (frame) {
  const name = document.getElementById('name')
  const colour = document.getElementById('colour')
  const picker = document.querySelector('input[type=color]')
  const isColour = () => /^#[0-9a-f]{6}$/i.test(colour.value)
  let timer
  const show = () => {
    if (colour.value !== '' && !isColour()) return
    const query = new URLSearchParams({ name: name.value, colour: colour.value })
    frame.contentWindow.location.replace('/console/setup/preview?' + query)
  }
  const showSoon = () => {
    clearTimeout(timer)
    timer = setTimeout(show, 250)
  }
  const follow = () => {
    picker.value = isColour() ? colour.value.toLowerCase() : colour.placeholder
  }
  follow()
  picker.hidden = false
  name.oninput = showSoon
  colour.oninput = () => {
    follow()
    showSoon()
  }
  picker.oninput = () => {
    colour.value = picker.value
    showSoon()
  }
}
`
