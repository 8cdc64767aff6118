/** How the page looks, on paper and in the dark, on a phone and on a wide screen. */
export const style = `
:root {
  --paper: #fbfbf9; --ink: #1d2125; --soft: #5d666f; --line: #dcdfe1; --raised: #ffffff; --code: #f2f3f2;
  --ok: #17703a; --ok-back: #ddf2e3; --strict: #8a5a00; --strict-back: #fcefcc;
  --info: #1b5f8a; --info-back: #dceefa; --none: #5d666f; --none-back: #e9ebec; --failed: #b3261e; --failed-back: #fbdfdc;
  font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper);
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14171a; --ink: #e4e7e9; --soft: #9aa4ad; --line: #2e343a; --raised: #1b1f23; --code: #101316;
    --ok: #7ed79b; --ok-back: #15351f; --strict: #f0c260; --strict-back: #3b2d0a;
    --info: #84c4ee; --info-back: #11314a; --none: #9aa4ad; --none-back: #262b30; --failed: #ff9d94; --failed-back: #4a1613;
  }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 76rem; padding: 1rem clamp(0.75rem, 3vw, 2rem) 6rem; }
h1 { font-size: 1.375rem; line-height: 1.2; margin: 0.5rem 0 1rem; }
button, input { font: inherit; color: inherit; }
button { cursor: pointer; }
:focus-visible { outline: 2px solid var(--info); outline-offset: 2px; }

#agents { display: grid; gap: 0.75rem; grid-template-columns: repeat(auto-fill, minmax(min(100%, 20rem), 1fr)); }
.agent { background: var(--raised); border: 1px solid var(--line); border-radius: 0.5rem; padding: 0.75rem 1rem; }
.agent h2 { font-size: 1rem; margin: 0; overflow-wrap: anywhere; }
.agent p { margin: 0.125rem 0 0; color: var(--soft); font-size: 0.875rem; }
.bar { display: flex; height: 0.625rem; margin: 0.625rem 0 0.5rem; border-radius: 0.3125rem; overflow: hidden; gap: 1px; }
.bar i { min-width: 3px; background: var(--colour); }

nav { position: sticky; top: 0; z-index: 1; display: flex; flex-wrap: wrap; gap: 0.5rem; align-items: center;
  background: var(--paper); padding: 0.75rem 0; margin: 0.75rem 0 0.25rem; border-bottom: 1px solid var(--line); }
#filters { display: flex; flex-wrap: wrap; gap: 0.375rem; }
#filters button { border: 1px solid var(--line); border-radius: 1rem; background: var(--raised); padding: 0.125rem 0.75rem;
  min-height: 2rem; font-size: 0.875rem; }
#filters button[aria-pressed="true"] { background: var(--ink); color: var(--paper); border-color: var(--ink); }
#search { flex: 1 1 12rem; min-width: 0; padding: 0.25rem 0.75rem; min-height: 2rem; border: 1px solid var(--line);
  border-radius: 0.375rem; background: var(--raised); }

.family > h2 { font-size: 1rem; margin: 1.75rem 0 0.5rem; display: flex; gap: 0.75rem; align-items: baseline; flex-wrap: wrap; }
.family > h2 span { color: var(--soft); font-weight: normal; font-size: 0.875rem; }
.names { display: grid; color: var(--soft); font-size: 0.8125rem; padding: 0 0.5rem 0.25rem; gap: 0.5rem; }
.names > * { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.row { border-top: 1px solid var(--line); }
.row:last-child { border-bottom: 1px solid var(--line); }
.cells { display: grid; gap: 0.25rem 0.5rem; align-items: center; padding: 0.25rem 0.5rem; }
.names, .cells { grid-template-columns: 11rem minmax(0, 1fr) repeat(var(--agents), 10.5rem); }
.id { font-family: ui-monospace, monospace; font-size: 0.8125rem; white-space: nowrap; }
.title { font-size: 0.9375rem; overflow-wrap: anywhere; }
.verdict { border: 0; border-radius: 0.25rem; padding: 0.125rem 0.5rem; min-height: 1.75rem; width: 100%; text-align: left;
  font-size: 0.8125rem; font-weight: 600; color: var(--colour); background: var(--back); overflow: hidden;
  text-overflow: ellipsis; white-space: nowrap; }
.verdict[aria-expanded="true"] { outline: 2px solid var(--colour); }
.none-run { color: var(--soft); font-size: 0.8125rem; padding-left: 0.5rem; }
.ok { --colour: var(--ok); --back: var(--ok-back); }
.strict { --colour: var(--strict); --back: var(--strict-back); }
.info { --colour: var(--info); --back: var(--info-back); }
.none { --colour: var(--none); --back: var(--none-back); }
.failed { --colour: var(--failed); --back: var(--failed-back); }

.details { background: var(--raised); border: 1px solid var(--line); border-left: 4px solid var(--colour);
  border-radius: 0.375rem; margin: 0.25rem 0.5rem 0.75rem; padding: 0.75rem 1rem; }
.details p { margin: 0 0 0.5rem; overflow-wrap: anywhere; }
.details .why { color: var(--soft); font-size: 0.875rem; }
.details h3 { font-size: 0.8125rem; margin: 1rem 0 0.25rem; color: var(--soft); font-weight: 600; }
pre { background: var(--code); border-radius: 0.25rem; padding: 0.5rem 0.75rem; margin: 0; overflow-x: auto;
  font: 0.8125rem/1.45 ui-monospace, monospace; max-height: 16rem; overflow-y: auto; }
.wire { list-style: none; margin: 0; padding: 0; font: 0.8125rem/1.45 ui-monospace, monospace; background: var(--code);
  border-radius: 0.25rem; max-height: 28rem; overflow-y: auto; }
.wire li { display: grid; grid-template-columns: 4.5rem 3.5rem minmax(0, 1fr); gap: 0.5rem; padding: 0.1875rem 0.75rem; }
.wire li.peer { background: color-mix(in srgb, var(--info-back) 55%, transparent); }
.wire .at { color: var(--soft); text-align: right; }
.wire .what { overflow-wrap: anywhere; }
.wire .octets { color: var(--soft); display: block; }
.empty { color: var(--soft); margin: 3rem 0; text-align: center; }

.verdict small { display: none; font-weight: normal; }

@media (max-width: 52rem) {
  #filters { flex-wrap: nowrap; overflow-x: auto; width: 100%; padding-bottom: 0.25rem; }
  #filters button { flex: none; }
  .verdict small { display: block; overflow: hidden; text-overflow: ellipsis; }
  .names { display: none; }
  .cells { grid-template-columns: repeat(auto-fit, minmax(8rem, 1fr)); padding: 0.5rem 0.25rem; }
  .id, .title { grid-column: 1 / -1; }
  .verdict { min-height: 2.25rem; }
  .details { margin: 0.25rem 0 0.75rem; padding: 0.625rem 0.75rem; }
  .wire li { grid-template-columns: 3rem minmax(0, 1fr); padding: 0.1875rem 0.5rem; }
  .wire .at { grid-row: span 2; text-align: left; }
}
@media print { nav { display: none; } body { max-width: none; } }
`;
