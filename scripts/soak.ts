// `npm run soak -- kill`: what does not fit into npm test. Each scenario prints what it found and fails when a promise broke.
import { killRuns } from "#scripts/soak/kill.ts";

const scenarios: Record<string, (args: string[]) => Promise<boolean>> = { kill: killRuns };
const [name = "kill", ...args] = process.argv.slice(2);
const scenario = scenarios[name];
if (scenario === undefined) {
  console.error(`There is no scenario ${name}. There are: ${Object.keys(scenarios).join(", ")}.`);
  process.exit(1);
}
process.exit((await scenario(args)) ? 0 : 1);
