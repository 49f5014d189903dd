/** The style of every page. Colours have a contrast of at least 4.5 (WCAG AA) in the light and in the dark scheme. */
export const STYLE = `:root{color-scheme:light dark;--fg:#1a1d21;--bg:#fff;--dim:#545b64;--line:#858c95;--link:#0b57a4;--soft:#eef2f7;--bad:#a11212}
@media(prefers-color-scheme:dark){:root{--fg:#e9ebee;--bg:#14171a;--dim:#a9b1ba;--line:#7a828c;--link:#8cbcf7;--soft:#22272d;--bad:#ff9a92}}
*{box-sizing:border-box}
body{position:relative;margin:0 auto;max-width:34rem;padding:0 1rem 2rem;font:1rem/1.45 system-ui,sans-serif;color:var(--fg);background:var(--bg);overflow-wrap:anywhere}
header{padding:1rem 6rem 0 0}
footer{position:absolute;top:1rem;right:1rem}
nav ul{display:flex;flex-wrap:wrap;gap:0 1.25rem;list-style:none;margin:0;padding:0;overflow:hidden}
nav li{position:relative}
nav li::before{content:"";position:absolute;bottom:0;width:34rem;border-bottom:1px solid var(--line)}
nav a{display:block;padding:.65rem 0;text-decoration:none}
nav a[aria-current]{color:var(--fg);font-weight:600;box-shadow:inset 0 -3px var(--link)}
a{color:var(--link)}
h1{font-size:1.5rem;margin:1.25rem 0 .5rem}
h2{font-size:1.15rem;margin:1.5rem 0 .25rem}
p{margin:.5rem 0}
fieldset{border:0;margin:1.25rem 0;padding:0;min-width:0}
legend,.field>label{font-weight:600;padding:0}
.field{margin:1.25rem 0}
fieldset .field:last-child{margin-bottom:0}
.pick{display:flex;align-items:center;gap:.75rem;min-height:2.9rem;padding:.25rem .5rem;border-bottom:1px solid var(--soft)}
bdi{white-space:pre-wrap}
.pick bdi{flex:1}
.show{margin-top:-1rem;padding:0;border:0}
small{color:var(--dim);font-size:.9rem}
input{font:inherit;accent-color:var(--link)}
input:not([type=radio],[type=checkbox]){display:block;width:100%;margin:.25rem 0;padding:.6rem;color:inherit;background:var(--bg);border:1px solid var(--line);border-radius:.3rem}
[type=radio],[type=checkbox]{width:1.25rem;height:1.25rem;margin:0;flex:none}
[aria-invalid]{border:2px solid var(--bad)!important}
button,.button{display:inline-block;text-decoration:none;font:inherit;font-weight:600;padding:.65rem 1.25rem;border:1px solid var(--link);border-radius:.3rem;color:var(--bg);background:var(--link);cursor:pointer}
button.quiet{padding:.65rem .75rem;color:var(--link);background:none}
.lang{padding:0;border:0;font-weight:400;text-decoration:underline;color:var(--link);background:none}
:focus-visible{outline:3px solid var(--link);outline-offset:2px}
nav a:focus-visible{outline-offset:-3px}
.note{padding:.6rem .9rem;background:var(--soft);border-left:4px solid var(--link)}
.bad{border-color:var(--bad)}
.note ul{margin:.5rem 0;padding-left:1.25rem}
table{width:100%;border-collapse:collapse}
th,td{text-align:left;padding:.4rem .5rem .4rem 0;border-bottom:1px solid var(--soft);font-weight:400;vertical-align:top}
th{overflow-wrap:normal}
thead th{color:var(--dim);font-size:.9rem}
.number{text-align:right;padding-right:0;white-space:nowrap;font-variant-numeric:tabular-nums}
progress{width:100%}
ol li{margin:.35rem 0}
[hidden]{display:none}
`
