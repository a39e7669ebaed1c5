// What a tab asks of a page.

const go = (url) => { location = url }

const post = (url) => {
  const form = document.createElement('form')
  form.method = 'POST'
  form.action = url
  document.body.append(form)
  form.submit()
}

const get = (url) => fetch(url, {mode: 'no-cors', credentials: 'include'}).catch(() => {})

// frame puts one iframe into the page and resolves when it has loaded url.
let inner
const frame = (url) => new Promise((loaded) => {
  inner?.remove()
  inner = document.createElement('iframe')
  inner.onload = loaded
  inner.src = url
  document.body.append(inner)
})

// within has the page in the iframe go or get.
const within = (verb, url) => new Promise((done) => {
  if (verb === 'go') inner.onload = done
  else addEventListener('message', done, {once: true})
  inner.contentWindow.postMessage([verb, url], '*')
})

addEventListener('message', async ({data: [verb, url], source}) => {
  if (source !== parent) return
  await {go, get}[verb](url)
  source.postMessage([], '*')
})
