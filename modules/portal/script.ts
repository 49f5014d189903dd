/**
 * The script of every page. No page depends on it. It shows passwords while they are typed, and it reloads a page that
 * waits as soon as the wait is over. It polls with `fetch`, because a reload fails while the radio is away.
 */
export const SCRIPT = `let d=document,s=d.getElementById('show'),w=d.querySelector('[data-wait]')
if(s){s.parentNode.hidden=false
s.onchange=()=>d.querySelectorAll('[autocomplete=new-password]').forEach(i=>i.type=s.checked?'text':'password')}
let f=()=>fetch(w.dataset.wait).then(r=>r.text()).then(t=>t.includes('"inProgress":"1"')?later():location.reload(),later),later=()=>setTimeout(f,1000)
if(w)later()
`

/** The script's name in the Content-Security-Policy: base64 of its SHA-256. */
export const SCRIPT_HASH = 'sha256-m/LGUGguYLpo1TEMQxsfkfqOMUiw2I+6nqS3SGSqnrw='
