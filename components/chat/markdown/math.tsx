"use client";

import { useEffect, useRef, useState } from "react";

/** Math in a line. Until the typesetter is there, and where it cannot read it, the source stands in its place. */
export function InlineMath({ tex, display }: { tex: string; display: boolean }) {
  const element = useRef<HTMLSpanElement>(null);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    let wanted = true;
    void typesetter().then(
      (katex) => {
        if (!wanted || element.current === null) return;
        katex.render(tex, element.current, {
          displayMode: display,
          throwOnError: false,
          errorColor: "inherit",
          // Never: it would let a formula link, load and style.
          trust: false,
          strict: false,
          maxExpand: 500,
          maxSize: 20,
        });
      },
      () => setFailed(true),
    );
    return () => {
      wanted = false;
    };
  }, [tex, display]);
  const source = display ? `$$${tex}$$` : `$${tex}$`;
  if (failed) return <code>{source}</code>;
  return (
    // What the typesetter writes into it is not React's; another formula is another element.
    <span key={tex} ref={element} data-tex={source} className={display ? "math-display" : "math-inline"}>
      {tex}
    </span>
  );
}

/** Math in a block of its own. */
export function MathBlock({ source }: { source: string }) {
  const tex = source
    .trim()
    .replace(/^(?:\$\$|\\\[)/, "")
    .replace(/(?:\$\$|\\\])$/, "")
    .trim();
  return (
    <div className="math-block">
      <InlineMath tex={tex} display />
    </div>
  );
}

let loading: Promise<typeof import("katex").default> | undefined;

function typesetter(): Promise<typeof import("katex").default> {
  loading ??= Promise.all([import("katex"), import("katex/dist/katex.min.css")]).then(([katex]) => katex.default);
  return loading;
}
