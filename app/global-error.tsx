"use client";

import "#app/globals.css";

/** The last resort, when not even the frame came together: no texts are loaded here, so it speaks both languages. */
export default function GlobalError({ reset }: { error: Error; reset: () => void }) {
  return (
    <html lang="en">
      <body>
        <main className="flex h-dvh items-center justify-center p-6">
          <div className="max-w-110">
            <h1 className="text-18">This page did not come together</h1>
            <p className="mt-1 text-15 text-ink-muted">What was stored is stored. Try again in a moment.</p>
            <p lang="zh-CN" className="mt-1 text-15 text-ink-muted">
              页面没有加载成功，已保存的内容不会丢失。请稍后重试。
            </p>
            <button
              type="button"
              onClick={reset}
              className="mt-4 min-h-8 rounded border border-line-strong bg-raised px-3 font-medium"
            >
              Try again · 重试
            </button>
          </div>
        </main>
      </body>
    </html>
  );
}
