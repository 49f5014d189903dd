/**
 * The script of every page. No page depends on it. It shows a password while it is typed, and it reloads a page that
 * waits as soon as the wait is over. It polls with `fetch`, because a reload fails while the radio is away.
 */
export const SCRIPT = `let d=document,s=d.getElementById('show'),w=d.querySelector('[data-wait]')
if(s){s.parentNode.hidden=false
s.onchange=()=>d.querySelector('[autocomplete=new-password]').type=s.checked?'text':'password'}
let f=()=>fetch(w.dataset.wait).then(r=>r.text()).then(t=>t.includes('"inProgress":"1"')?later():location.reload(),later),later=()=>setTimeout(f,1000)
if(w)later()
`

/** The script's name in the Content-Security-Policy: base64 of its SHA-256. */
export const SCRIPT_HASH = 'sha256-r5i5yAKj9dI5aUISgYlPPxox4ZACKe/IZHogB7iLbQg='
