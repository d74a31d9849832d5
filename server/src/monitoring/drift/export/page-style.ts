/** Blue and orange that people tell apart whatever colours they see; the shape says the same: a line, an area. */
export const pageStyle = `
:root { --reference: #0072b2; --current: #d55e00; --line: #ccc; --bad: #a4001d; --open: #6b4e00; --good: #1a6b30;
  --c2: #007a58; --c3: #a8477e; --c4: #6b4e00; }
@media (prefers-color-scheme: dark) {
  :root { --reference: #56b4e9; --current: #e69f00; --line: #555; --bad: #ff9592; --open: #f0c04a; --good: #7fd18f;
    --c2: #2fc89b; --c3: #e59cc4; --c4: #f0e442; }
}
body { font: 14px/1.45 system-ui, sans-serif; max-width: 1100px; margin: 0 auto; padding: 16px; overflow-wrap: anywhere; }
h1 { font-size: 1.5em; } h2 { font-size: 1.2em; margin-top: 1.6em; } h3 { font-size: 1em; }
header .verdict { font-size: 1.15em; }
.verdict { font-weight: 600; } .drift { color: var(--bad); } .no-drift { color: var(--good); }
.no-data, .could-not-check { color: var(--open); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 2px 16px; } dd { margin: 0; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 3px 14px 3px 0; border-bottom: 1px solid var(--line); text-align: start; vertical-align: top; font-weight: 400; }
thead th { font-weight: 600; } tbody th { min-width: 8em; }
details { margin: 6px 0; } details > details { margin-inline-start: 16px; } summary { cursor: pointer; padding: 3px 0; font-weight: 600; }
svg { display: block; width: 100%; max-width: 720px; font-size: 11px; } svg text { fill: currentColor; }
.axis { stroke: currentColor; stroke-opacity: .4; }
polygon.current { fill: var(--current); fill-opacity: .35; stroke: var(--current); }
polyline.reference { fill: none; stroke: var(--reference); stroke-width: 2; stroke-dasharray: 6 3; }
.course { fill: none; stroke-width: 2; } .dashed { stroke-dasharray: 6 3; }
.course.reference, .course.c0 { stroke: var(--reference); } .course.current, .course.c1 { stroke: var(--current); }
.course.c2 { stroke: var(--c2); } .course.c3 { stroke: var(--c3); } .course.c4 { stroke: var(--c4); }
.dot { display: inline-block; width: 10px; height: 10px; border-radius: 50%; }
.dot.c0 { background: var(--reference); } .dot.c1 { background: var(--current); }
.dot.c2 { background: var(--c2); } .dot.c3 { background: var(--c3); } .dot.c4 { background: var(--c4); }
rect.current { fill: var(--current); } rect.reference { fill: var(--reference); }
.key { display: inline-block; width: 22px; height: 10px; margin-inline: 8px 4px; }
.key.reference { height: 0; border-top: 3px dashed var(--reference); vertical-align: middle; } .key.current { background: var(--current); }
`;
