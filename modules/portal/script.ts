/**
 * The script of every page. No page but the upload of a file depends on it. It shows passwords while they are typed, and it reloads a page that
 * waits as soon as the wait is over. It polls with `fetch`, because a reload fails while the radio is away. A file goes out in
 * pieces that are as long as a form may be; one that was lost goes out again. What was typed outlasts a change of language, the passwords too,
 * which no page brings back.
 */
export const SCRIPT = `let d=document,s=d.getElementById('show'),w=d.querySelector('[data-wait]')
if(s){s.parentNode.hidden=false
s.onchange=()=>d.querySelectorAll('[autocomplete=new-password]').forEach(i=>i.type=s.checked?'text':'password')}
let f=()=>fetch(w.dataset.wait).then(r=>r.text()).then(t=>t.includes('"inProgress":"1"')?later():location.reload(),later),later=()=>setTimeout(f,1000)
if(w)later()
let u=d.querySelector('[data-send]'),g=(b,p,n)=>{p.value=100*n/b.size
fetch(u.dataset.send+n,{method:'POST',headers:{'Content-Type':'application/octet-stream'},body:b.slice(n,n+1024)}).then(r=>r.ok?r.json():{}).then(a=>a.next<b.size?g(b,p,a.next):location.reload(),()=>setTimeout(g,1000,b,p,n))}
if(u){u.hidden=false
u.onsubmit=e=>{e.preventDefault()
let p=u.querySelector('progress')
u.querySelector('button').disabled=!(p.hidden=false)
g(u.querySelector('input').files[0],p,0)}}
let i=[...d.querySelectorAll('input[maxlength]')]
d.addEventListener('submit',e=>{if(e.submitter.className=='lang')sessionStorage.t=JSON.stringify(i.map(i=>[i.id,i.value]))})
try{JSON.parse(sessionStorage.t).map(([k,v])=>i.map(i=>i.id==k&&(i.value=v)))
sessionStorage.removeItem('t')}catch{}
`

/** The script's name in the Content-Security-Policy: base64 of its SHA-256. */
export const SCRIPT_HASH = 'sha256-FvmVHnwhs0ZUEQd9ISqESE804oYguvNVjSFcdz+Q3bs='
