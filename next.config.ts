import type { NextConfig } from "next";

const config: NextConfig = {
  output: "standalone",
  reactStrictMode: true,
  reactCompiler: true,
  poweredByHeader: false,
  images: { unoptimized: true },
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
