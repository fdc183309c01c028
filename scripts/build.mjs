// Builds for production: always, or with --if-stale only when something changed.
import { build, buildIfStale } from "./support/build.mjs";
import { installWhatIsMissing } from "./support/install.mjs";

installWhatIsMissing();
const succeeded = process.argv.includes("--if-stale") ? buildIfStale() : build();
process.exit(succeeded ? 0 : 1);
