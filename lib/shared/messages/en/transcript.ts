/** What an exported conversation says beside its own words. */
export const transcript = {
  you: "You",
  answer: "Answer",
  started: "Started {time} (UTC), exported {now} (UTC).",
  image: "Image: {name}",
  states: {
    queued: "Waiting for its turn when this was exported.",
    streaming: "Still being written when this was exported.",
    stopped: "Stopped here.",
    interrupted: "Interrupted here.",
    failed: "This answer failed.",
    waiting_for_credit: "Waiting for credit when this was exported.",
  },
} as const;
