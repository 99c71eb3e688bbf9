/** The report's style sheet: NHS colours, a line length one can read, and paper. */
export const style: string = `
:root { --blue: #005eb8; --dark-blue: #003087; --black: #212b32; --grey: #4c6272; --line: #d8dde0; --pale: #f0f4f5;
  --red: #b3261e; --red-pale: #fbe9e8; --green: #00662f; --green-pale: #e5f3ea; --yellow: #5f4b00; --yellow-pale: #fff6d6;
  --blue-pale: #e3eef9; }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--pale); color: var(--black); font: 1rem/1.5 "Frutiger W01", Arial, "Liberation Sans", sans-serif; }
header { background: var(--blue); color: #fff; }
header > div, main, footer { max-width: 72rem; margin: 0 auto; padding: 1.5rem 1.25rem; }
header p { margin: .25rem 0 0; }
h1 { font-size: 1.75rem; line-height: 1.25; margin: 0; }
h2 { font-size: 1.375rem; line-height: 1.3; margin: 0 0 1rem; overflow-wrap: anywhere; }
h3 { font-size: 1.125rem; margin: 1.75rem 0 .5rem; }
section, nav { background: #fff; border: 1px solid var(--line); border-top: 4px solid var(--blue); padding: 1.5rem 1.25rem; margin: 0 0 1.5rem; }
a { color: var(--blue); }
a:focus { background: #ffeb3b; color: var(--black); outline: 3px solid #ffeb3b; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .5rem .75rem .5rem 0; border-bottom: 1px solid var(--line); }
th { font-weight: 600; }
td.number, th.number { text-align: right; padding-right: 1.25rem; font-variant-numeric: tabular-nums; white-space: nowrap; }
td.id { font-weight: 600; min-width: 10.5rem; overflow-wrap: anywhere; }
.wide { overflow-x: auto; }
code, .path { font-family: ui-monospace, Consolas, "Liberation Mono", Menlo, monospace; font-size: .875em; overflow-wrap: anywhere; }
.quiet { color: var(--grey); }
.sums { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.75rem, 1fr)); gap: .75rem; margin: 0; padding: 0; list-style: none; }
.sums li { padding: .5rem .75rem; background: var(--pale); border-left: 4px solid var(--grey); }
.sums b { display: block; font-size: 1.5rem; line-height: 1.2; font-variant-numeric: tabular-nums; }
.sums .good { border-color: var(--green); } .sums .bad { border-color: var(--red); } .sums .fair { border-color: #d59f00; } .sums .look { border-color: var(--blue); }
.verdict { margin: 0 0 .5rem; padding: .6rem .9rem; border-left: 4px solid var(--grey); background: var(--pale); }
.verdict.good { border-color: var(--green); background: var(--green-pale); }
.verdict.bad { border-color: var(--red); background: var(--red-pale); }
.tag { display: inline-block; padding: 0 .5rem; font-size: .875rem; font-weight: 600; white-space: nowrap; }
.tag.good { background: var(--green-pale); color: var(--green); } .tag.bad { background: var(--red-pale); color: var(--red); }
.tag.look { background: var(--blue-pale); color: var(--dark-blue); } .tag.fair { background: var(--yellow-pale); color: var(--yellow); } .tag.none { background: var(--pale); color: var(--grey); }
.finding { margin: 0; padding: .9rem 0; border-top: 1px solid var(--line); display: grid; grid-template-columns: 13rem 1fr; gap: 0 1.25rem; }
.finding b { display: block; overflow-wrap: anywhere; }
.finding .quiet { display: block; margin-top: .25rem; font-size: .875rem; }
.finding p { margin: 0 0 .2rem; }
.finding .asked { color: var(--grey); }
.finding .asked::before { content: "Asked: "; } .finding .found::before { content: "Found: "; }
.finding .asked::before, .finding .found::before { font-weight: 600; }
.finding ul { margin: 0 0 .6rem; padding: 0; list-style: none; }
.finding li { display: grid; grid-template-columns: 5rem 1fr; gap: .75rem; align-items: baseline; }
.finding li > :first-child { color: var(--grey); font-variant-numeric: tabular-nums; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1.25rem; margin: 0; }
dd { margin: 0; }
@media screen and (max-width: 45rem) {
  thead { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; }
  tr { display: block; padding: .5rem 0; border-bottom: 1px solid var(--line); }
  td, td.number { display: block; border: 0; padding: .15rem 0; text-align: left; white-space: normal; }
  td.number::before { content: attr(data-label) ": "; color: var(--grey); }
  .finding { grid-template-columns: 1fr; gap: .25rem; } dl { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: .5rem; }
}
@media print {
  body { background: #fff; font-size: 10pt; }
  header { background: none; color: var(--black); border-bottom: 2pt solid var(--blue); }
  header > div, main, footer { max-width: none; padding: .5rem 0; }
  section, nav { border: 0; border-top: 1.5pt solid var(--blue); padding: .75rem 0; margin-bottom: .5rem; }
  h1 { font-size: 16pt; } h2 { font-size: 13pt; } h2, h3 { break-after: avoid; }
  .finding, tr, .verdict { break-inside: avoid; }
  .verdict, .tag, .sums li { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  a { color: inherit; text-decoration: none; }
}
`;
