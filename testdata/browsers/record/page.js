// What a document is asked to do. Where that is a navigation, it only starts it.

const go = (url) => { location = url }

const click = (url, target, rel, policy) => {
  const a = document.createElement('a')
  a.href = url
  if (target) a.target = target
  if (rel) a.rel = rel
  if (policy) a.referrerPolicy = policy
  document.body.append(a)
  a.click()
}

const submit = (method, url, target, rel) => {
  const form = document.createElement('form')
  form.method = method
  form.action = url
  if (target) form.target = target
  if (rel) form.rel = rel
  document.body.append(form)
  form.submit()
}

const step = (by) => { history.go(by) }

// popup opens a window. What it shows says when it is there, and does as it is asked.
let opened
const popup = (url, features) => { opened = window.open(url, '_blank', features) }
const popupThat = (url, name, args) => new Promise((done) => {
  addEventListener('message', (e) => {
    if (e.data !== 'ready') return
    e.source.postMessage({name, args}, '*')
    done('done')
  }, {once: true})
  popup(url, '')
})
addEventListener('message', ({data: {name, args}}) => {
  const all = {go, click, submit}
  if (name) all[name](...args)
})
opener?.postMessage('ready', '*')

// element loads a subresource as markup does.
const element = (kind, url, crossorigin, policy) => new Promise((done) => {
  const e = document.createElement(kind === 'style' ? 'link' : kind)
  if (crossorigin !== null) e.crossOrigin = crossorigin
  if (policy) e.referrerPolicy = policy
  e.onload = () => done('done')
  e.onerror = () => done('blocked')
  if (kind === 'style') {
    e.rel = 'stylesheet'
    e.href = url
  } else e.src = url
  document.body.append(e)
})

const askAccess = () => document.requestStorageAccess().then(() => 'granted', () => 'denied')

const get = (url, options) => fetch(url, options).then(() => 'done', () => 'blocked')

const socket = (url) => new Promise((done) => {
  const s = new WebSocket(url)
  s.onopen = () => {
    s.onclose = () => done('done')
    s.close()
  }
  s.onerror = () => done('blocked')
}).catch(() => 'blocked')

const cookies = (lines) => {
  try {
    for (const line of lines) document.cookie = line
    return document.cookie
  } catch {
    return null
  }
}

const listed = async () => {
  const all = await cookieStore.getAll()
  return all.map(({name, value}) => name ? `${name}=${value}` : value).join('; ')
}
const list = () => self.cookieStore && listed().catch(() => null)

// frame puts one iframe into the document and has it load url.
let inner
const frame = (url, sandbox, html) => {
  inner?.remove()
  inner = document.createElement('iframe')
  if (sandbox !== null) inner.sandbox = sandbox
  if (url === 'about:srcdoc') inner.srcdoc = html
  else inner.src = url
  document.body.append(inner)
}
