/**
 * Of every page, and needed by none: shows a password while it is typed, and reloads a page that waits for something
 * as soon as that has come, over breaks of the radio that a reload would not survive.
 */
export const SCRIPT = `let d=document,s=d.getElementById('show'),w=d.querySelector('[data-wait]')
if(s){s.parentNode.hidden=false
s.onchange=()=>d.querySelector('[autocomplete=new-password]').type=s.checked?'text':'password'}
let f=()=>fetch(w.dataset.wait).then(r=>r.text()).then(t=>t.includes('"inProgress":"1"')?later():location.reload(),later),later=()=>setTimeout(f,1000)
if(w)later()
`

/** What the Content-Security-Policy calls it: base64 of its SHA-256. */
export const SCRIPT_HASH = 'sha256-r5i5yAKj9dI5aUISgYlPPxox4ZACKe/IZHogB7iLbQg='
