/** What the set-up has beside the style sheet of the console: steps that open, and choices that show their fields. */
export const SETUP_STYLE = `
.steps > li { padding-block: .25rem; scroll-margin: 1rem; }
.steps summary { display: flex; justify-content: space-between; padding: .5rem 0; }
.steps summary h2 { flex: 1; flex-wrap: wrap; gap: .25rem 1rem; }
.steps details > div { padding-block-end: 1.25rem; max-inline-size: 46rem; }
.steps details > div:has(.columns) { max-inline-size: none; }
.steps dl { margin-block-start: .5rem; padding: 0; border: 0; }
.steps h3 { margin: 1.75rem 0 .25rem; font-size: 1rem; }
.steps ol ol, .steps ul { margin-block: .5rem; padding-inline-start: 1.5rem; }
.steps ol ol { list-style: decimal; } .steps ol ol li, .steps ul li { padding-block: .25rem; }
.copy textarea { flex: 1 1 100%; white-space: pre; overflow-x: auto; }
.options label, .check label { display: flex; align-items: flex-start; gap: .75rem; min-block-size: 1.75rem;
  margin: 0; padding-block: .375rem; font-weight: 400; cursor: pointer; }
.options input, .check input { flex: none; inline-size: 1.25rem; block-size: 1.25rem; min-block-size: 0;
  margin: .2rem 0 0; accent-color: var(--accent); }
form:has([value=client_secret]:checked) :is(.certificate, .federated),
form:has([value=certificate]:checked) :is(.client_secret, .federated),
form:has([value=federated]:checked) :is(.client_secret, .certificate, .tenant) { display: none; }
.columns iframe { block-size: 40rem; }
.colour { display: flex; gap: .5rem; } .colour [type=color] { flex: none; inline-size: 4rem; }
.actions .button { margin-block-start: .25rem; }
`
