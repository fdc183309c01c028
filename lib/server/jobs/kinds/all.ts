import "server-only";
import type { JobKind } from "#lib/server/jobs/kind.ts";
import { openMarlinRegistration } from "./openmarlin-registration.ts";
import { openMarlinTopUp } from "./openmarlin-top-up.ts";
import { openMarlinVideo } from "./openmarlin-video.ts";

/** Every kind of job; a further one is a file beside this and a line here. */
export const allJobKinds: readonly JobKind[] = [openMarlinRegistration, openMarlinTopUp, openMarlinVideo];
