/** Does nothing: what starting costs whatever a function does. */
export const handler = async () => ({ statusCode: 200 })
