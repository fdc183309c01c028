import type { ReactNode } from "react";
import ReactMarkdown, { type Components } from "react-markdown";
import remarkGfm from "remark-gfm";
import { CodeBlock } from "#components/chat/markdown/code-block.tsx";
import { ForeignLink } from "#components/chat/markdown/foreign-link.tsx";
import { InlineMath } from "#components/chat/markdown/math.tsx";
import { displayMathMark, inlineMathMark, protectMath } from "#lib/shared/chat/inline-math.ts";

/** One block of Markdown. Raw HTML is text, and nothing here loads anything. */
export default function Prose({ text }: { text: string }) {
  return (
    <ReactMarkdown remarkPlugins={plugins} components={components} urlTransform={asWritten}>
      {protectMath(text)}
    </ReactMarkdown>
  );
}

const plugins: [[typeof remarkGfm, { singleTilde: boolean }]] = [[remarkGfm, { singleTilde: false }]];

/** ForeignLink alone decides what an address may do; images never become one. */
function asWritten(url: string): string {
  return url;
}

const components: Components = {
  // The page has a first heading of its own, and each message a second one.
  h1: ({ children }) => <h3>{children}</h3>,
  h2: ({ children }) => <h3>{children}</h3>,
  h3: ({ children }) => <h4>{children}</h4>,
  h4: ({ children }) => <h5>{children}</h5>,
  h5: ({ children }) => <h6>{children}</h6>,
  h6: ({ children }) => <h6>{children}</h6>,
  a: ({ href, children }) => <ForeignLink href={href ?? ""}>{children}</ForeignLink>,
  img: ({ src, alt }) => (
    <ForeignLink href={typeof src === "string" ? src : ""} image>
      {alt === undefined || alt === "" ? null : alt}
    </ForeignLink>
  ),
  table: ({ children }) => (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
    <div className="table-scroll" tabIndex={0}>
      <table>{children}</table>
    </div>
  ),
  input: ({ checked }) => <input type="checkbox" checked={checked === true} readOnly disabled />,
  pre: ({ children }) => <>{children}</>,
  code: ({ children, className }) => {
    const text = asText(children);
    if (text.startsWith(inlineMathMark)) return <InlineMath tex={text.slice(1)} display={false} />;
    if (text.startsWith(displayMathMark)) return <InlineMath tex={text.slice(1)} display />;
    // Code inside lists and quotes ends with its line break; code in a line never holds one.
    if (className === undefined && !text.includes("\n")) return <code>{children}</code>;
    const language = /language-(\S+)/.exec(className ?? "")?.[1] ?? "";
    return <CodeBlock code={text.replace(/\n$/, "")} language={language.toLowerCase()} open={false} />;
  },
};

function asText(children: ReactNode): string {
  if (typeof children === "string") return children;
  return Array.isArray(children) ? children.map(asText).join("") : "";
}
