// What a page is asked to do. Where that is a navigation, it only starts it.

const go = (url) => { location = url }

const post = (url) => {
  const form = document.createElement('form')
  form.method = 'POST'
  form.action = url
  document.body.append(form)
  form.submit()
}

const get = (url) => fetch(url, {mode: 'no-cors', credentials: 'include'}).catch(() => {})

// frame puts one iframe into the page and has it load url.
let inner
const frame = (url) => {
  inner?.remove()
  inner = document.createElement('iframe')
  inner.src = url
  document.body.append(inner)
}

// within has the page in the iframe go or get, and resolves when that is done.
const within = (verb, url) => new Promise((done) => {
  addEventListener('message', done, {once: true})
  inner.contentWindow.postMessage([verb, url], '*')
})

addEventListener('message', async ({data: [verb, url], source}) => {
  if (source !== parent) return
  await {go, get}[verb](url)
  source.postMessage([], '*')
})
