namespace RlOffload.Training.Reports;

/// <summary>The page's looks: nothing is loaded, and light and dark follow the reader's system.</summary>
internal static class PageStyle
{
    public const string Css = """
        :root { color-scheme: light dark; --page: #ffffff; --card: #f6f7f9; --ink: #1b1f24; --soft: #59636e; --grid: #dfe3e8; --rule: #9aa4af;
          --s1: #0b62c4; --s2: #c2410c; --s3: #0a7d4f; --s4: #8e3bb8; --s5: #b58900; --s6: #0e8fa3; --s7: #c2185b; --s8: #5b6b2e; --s0: #a9b2bc;
          --local: #0a7d4f; --split: #0b62c4; --remote: #c98a00; --drop: #b3261e; }
        @media (prefers-color-scheme: dark) { :root { --page: #11151a; --card: #1a2027; --ink: #e8ecf1; --soft: #9fabb8; --grid: #2c353f; --rule: #6b7885;
          --s1: #6db3ff; --s2: #ff9466; --s3: #4fd19a; --s4: #d39bff; --s5: #e6c34a; --s6: #5fd7ea; --s7: #ff8ab5; --s8: #b9cc7a; --s0: #5a6672;
          --local: #4fd19a; --split: #6db3ff; --remote: #f2bd4b; --drop: #ff7a70; } }
        * { box-sizing: border-box; }
        body { margin: 0 auto; max-width: 1280px; padding: 16px; background: var(--page); color: var(--ink); font: 15px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
        h1 { font-size: 1.5rem; margin: 8px 0 2px; } h2 { font-size: 1.15rem; margin: 30px 0 8px; } h3 { font-size: 1rem; margin: 22px 0 6px; }
        p { margin: 6px 0; } .note, .lead { color: var(--soft); font-size: 0.9rem; overflow-wrap: anywhere; }
        nav a { display: inline-block; margin: 2px 12px 2px 0; } a { color: var(--s1); }
        .facts { display: flex; flex-wrap: wrap; gap: 10px; margin: 12px 0; padding: 0; list-style: none; }
        .facts li { background: var(--card); border-radius: 8px; padding: 8px 14px; } .facts b { display: block; font-size: 1.2rem; }
        .scroll { overflow-x: auto; }
        table { border-collapse: collapse; font-size: 0.8rem; font-variant-numeric: tabular-nums; min-width: 100%; }
        th, td { padding: 4px 6px; text-align: right; white-space: nowrap; border-bottom: 1px solid var(--grid); }
        thead th { color: var(--soft); font-weight: 500; vertical-align: bottom; }
        tbody th { text-align: left; font-weight: 500; position: sticky; left: 0; background: var(--page); } thead th:first-child { text-align: left; }
        tbody tr:hover > * { background: var(--card); } td small { color: var(--soft); }
        table.facts-table td { text-align: left; white-space: normal; overflow-wrap: anywhere; } table.facts-table th { vertical-align: top; }
        .swatch { display: inline-block; width: 10px; height: 10px; border-radius: 5px; margin-right: 6px; background: currentColor; }
        .charts { columns: 340px; column-gap: 14px; margin-top: 16px; }
        figure { margin: 0 0 14px; break-inside: avoid; background: var(--card); border-radius: 10px; padding: 10px 12px; min-width: 0; } figure.full { margin-top: 14px; }
        figcaption { font-weight: 600; margin-bottom: 4px; }
        svg { display: block; width: 100%; height: auto; } svg.wide { min-width: 860px; }
        svg text { font-size: 11px; fill: var(--soft); } svg text.axis { fill: var(--ink); } svg text.name { fill: var(--ink); font-weight: 600; }
        .grid { stroke: var(--grid); stroke-width: 1; } .rule { stroke: var(--rule); stroke-width: 1; stroke-dasharray: 3 3; }
        .line { fill: none; stroke: currentColor; stroke-width: 2; stroke-linejoin: round; } .line.s0 { stroke-width: 1; } .line.thin { stroke-width: 1.4; }
        .line.link { stroke: var(--ink); stroke-width: 1.2; } .dot { fill: currentColor; stroke: var(--card); stroke-width: 1; }
        .band { fill: currentColor; opacity: 0.15; } .front { fill: none; stroke: var(--rule); stroke-width: 1.2; stroke-dasharray: 4 3; } .key { fill: currentColor; }
        .s0 { color: var(--s0); } .s1 { color: var(--s1); } .s2 { color: var(--s2); } .s3 { color: var(--s3); } .s4 { color: var(--s4); }
        .s5 { color: var(--s5); } .s6 { color: var(--s6); } .s7 { color: var(--s7); } .s8 { color: var(--s8); }
        .k-local { color: var(--local); fill: currentColor; } .k-split { color: var(--split); fill: currentColor; }
        .k-remote { color: var(--remote); fill: currentColor; } .k-drop { color: var(--drop); fill: currentColor; }
        .legend { display: flex; flex-wrap: wrap; gap: 2px 12px; margin: 6px 0 0; padding: 0; list-style: none; font-size: 0.8rem; color: var(--soft); }
        .legend i { display: inline-block; width: 12px; height: 4px; border-radius: 2px; margin: 0 5px 3px 0; background-color: currentColor; } .legend i[class^=k-] { height: 10px; width: 4px; }
        details > summary { cursor: pointer; font-weight: 600; margin: 18px 0 6px; }
        ul.plain { padding-left: 18px; } ul.plain li { overflow-wrap: anywhere; }
        @media print { details > summary { display: none; } }
        """;
}
