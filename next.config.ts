import type { NextConfig } from "next";

/** For every answer, whatever made it. Pages get their content security policy in proxy.ts, because it carries a nonce. */
const securityHeaders = {
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  // A name that is looked up ahead of a click tells its owner what an answer said.
  "X-DNS-Prefetch-Control": "off",
  "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()",
};

const config: NextConfig = {
  output: "standalone",
  // Two servers of one tree, such as a development server beside a build, need a folder each.
  distDir: process.env["BREAKWATER_DIST"] ?? ".next",
  reactStrictMode: true,
  reactCompiler: true,
  poweredByHeader: false,
  // `npm run check` looks at types, in seconds; whoever only starts the product need not wait for it.
  typescript: { ignoreBuildErrors: true },
  images: { unoptimized: true },
  headers: async () => [
    { source: "/(.*)", headers: Object.entries(securityHeaders).map(([key, value]) => ({ key, value })) },
  ],
  serverExternalPackages: ["better-sqlite3", "pg", "@node-rs/argon2", "pino"],
  // The live data folder, sources of the tests and the build cache must never be traced into the output.
  outputFileTracingExcludes: {
    "*": ["data/**", "e2e/**", "bench/**", "screenshots/**", "test-results/**", ".next/cache/**", ".git/**"],
  },
  experimental: {
    // Start time and idle memory fall by a third; the first hit of a route loads it.
    preloadEntriesOnStart: false,
  },
};

export default config;
