import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

/** Two projects: what runs in Node under the react-server condition, and what needs a DOM. */
export default defineConfig({
  test: {
    projects: [
      {
        resolve: { conditions: ["react-server", "node"] },
        ssr: { resolve: { conditions: ["react-server", "node"] } },
        test: {
          name: "server",
          env: { LOG_LEVEL: "silent" },
          globalSetup: ["./scripts/support/vitest-postgres.ts"],
          environment: "node",
          include: ["lib/{shared,server,sandbox}/**/*.test.ts", "scripts/**/*.test.ts"],
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        plugins: [react()],
        test: {
          name: "browser",
          environment: "jsdom",
          include: ["lib/client/**/*.test.{ts,tsx}", "components/**/*.test.{ts,tsx}", "app/**/*.test.{ts,tsx}"],
          testTimeout: 30_000,
        },
      },
    ],
  },
});
