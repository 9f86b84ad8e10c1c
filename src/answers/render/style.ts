/** The style sheet of all pages: system fonts, and colours that keep their contrast on light and dark. */
export const STYLE = `
:root { color-scheme: light dark; --ink: #1c2430; --dim: #556070; --rule: #d5dbe3; --page: #ffffff; --soft: #f3f5f8;
  --bad: #b3261e; --unsure: #8a5a00; --good: #1b6e3c; --used: #5b7fa6; --floor: #b3261e; --external: #8a6bbf; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6eaf0; --dim: #a0abba; --rule: #3a4452; --page: #14181f;
  --soft: #1f2630; --bad: #ff8a80; --unsure: #ffc14d; --good: #7bd69b; --used: #8fb4dc; --floor: #ff8a80; --external: #c3a6f5; } }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--page); max-width: 60rem;
  margin: 0 auto; padding: 1rem; }
li { margin: .3rem 0; overflow-wrap: anywhere; } dl { display: grid; grid-template-columns: max-content auto; gap: .2rem 1rem; }
dt { color: var(--dim); } dd { margin: 0; }
h1 { font-size: 1.1rem; color: var(--dim); font-weight: 600; overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; border-bottom: 1px solid var(--rule); }
.headline { font-size: 1.35rem; font-weight: 600; padding: .8rem 1rem; background: var(--soft); border-left: 6px solid; }
.bad { border-color: var(--bad); } .unsure { border-color: var(--unsure); } .good { border-color: var(--good); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .2rem .9rem .2rem 0; border-bottom: 1px solid var(--rule); vertical-align: top; }
td { overflow-wrap: anywhere; } .right { text-align: right; white-space: nowrap; }
pre { background: var(--soft); padding: .6rem .8rem; overflow-x: auto; font-size: .85rem; }
.why { margin: .8rem 0 .2rem; color: var(--dim); } .why + pre { margin: 0; }
svg { width: 100%; height: auto; } .grid { stroke: var(--rule); } .tick { fill: var(--dim); font-size: 12px; }
.line { fill: none; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; }
.used { stroke: var(--used); } .floor { stroke: var(--floor); stroke-width: 2.6; }
.external { stroke: var(--external); stroke-dasharray: 5 4; }
.icicle text { font-size: 11px; fill: #111; pointer-events: none; } .icicle rect { stroke: #fff; stroke-width: .5; }
`;
