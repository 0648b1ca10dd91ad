import type { Brand } from '../../functions/domain/brand.ts'

/** A tile with an F in it, a little lighter in the dark. */
const LOGO = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40">
<style>@media (prefers-color-scheme: dark) { .tile { fill: #128a82 } }</style>
<rect class="tile" width="40" height="40" rx="10" fill="#0b6e69"/>
<path d="M13 30V11h15v4.5H18v4.2h8.5v4.3H18v6z" fill="#fff"/>
<circle cx="28" cy="28" r="2.75" fill="#8be8d2"/></svg>`

/** The partner of a local run: nobody in particular. */
export const LOCAL_BRAND: Brand = {
  name: 'Fabrikam Sales Cloud',
  logo: `data:image/svg+xml;base64,${Buffer.from(LOGO).toString('base64')}`,
  colour: '#0b6e69',
}
