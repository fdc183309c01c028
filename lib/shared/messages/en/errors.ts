import type { ErrorCode } from "#lib/shared/errors.ts";

/** Everything that can go wrong for a person; `offline` is known to the browser alone. */
export type ProblemCode = ErrorCode | "offline";

/** What happened, and what to do next. A code without wording does not compile. */
export const errors = {
  offline: { title: "This server does not answer", next: "Look at your connection, then try again. Nothing was lost." },
  bad_request: { title: "The request could not be read", next: "Reload the page and try again." },
  invalid_input: { title: "Something needs another value", next: "Look at the marked fields." },
  unauthenticated: { title: "You are signed out", next: "Sign in again to go on." },
  invalid_credentials: { title: "Email or password is not right", next: "Check both and try again." },
  forbidden: { title: "This is for admins", next: "Ask an admin to do it, or to change your role." },
  foreign_origin: { title: "The request came from another site", next: "Open Breakwater in a tab of its own." },
  host_refused: {
    title: "This server is not reached under that address",
    next: "Use the address that the start printed.",
  },
  not_found: { title: "There is no such thing here", next: "It may have been deleted. Go back to the list." },
  method_not_allowed: { title: "This address does not do that", next: "Reload the page and try again." },
  conflict: { title: "It changed in the meantime", next: "Reload to see how it stands now." },
  request_id_reused: { title: "The same send was made with another text", next: "Send it again as a new message." },
  version_conflict: { title: "It was changed in another tab", next: "Compare both texts and keep the one you want." },
  gone: { title: "This is no longer there", next: "Go back and start again." },
  too_large: { title: "That is too large", next: "Make it smaller and try again." },
  unsupported_media_type: { title: "This kind of file is not taken", next: "Use PNG, JPEG, WebP or GIF." },
  confirmation_required: { title: "This needs your confirmation", next: "Confirm it once more." },
  rate_limited: { title: "Too many requests in a short time", next: "Wait a moment, then try again." },
  too_many_runs: { title: "Too many of your answers run at once", next: "Wait for one to end, or stop one." },
  queue_full: { title: "The queue of this conversation is full", next: "Wait until one is sent, or remove one." },
  storage_full: {
    title: "There is no room left to store this",
    next: "Delete attachments you no longer need, or tell an admin.",
  },
  draining: { title: "This server is about to restart", next: "Try again in a few seconds. Your text is kept." },
  store_unavailable: { title: "The store does not answer", next: "Nothing was sent. Try again in a moment." },
  internal: {
    title: "Something went wrong on this server",
    next: "Try again; if it goes on, tell an admin the request id.",
  },
  last_admin: { title: "This is the last admin", next: "Make somebody else an admin first." },
  code_invalid: {
    title: "This link is not valid any more",
    next: "Links work once and for a limited time. Ask an admin for a new one.",
  },
  set_up_done: { title: "This server is set up already", next: "Sign in, or ask an admin for an invitation." },
  password_weak: { title: "This password is too easy to guess", next: "Take a longer one that you use nowhere else." },
  email_taken: { title: "There is an account with this email", next: "Use another email, or sign in with this one." },
  identity_not_linked: {
    title: "No account belongs to this identity",
    next: "Sign in with your password and link it under Settings, or ask an admin for an invitation.",
  },
  identity_taken: {
    title: "This identity belongs to another account",
    next: "Sign in with it, or link another one.",
  },
  sign_in_failed: { title: "The sign-in did not succeed", next: "Try again; if it goes on, tell an admin." },
  demo_disabled: {
    title: "Demo accounts are off",
    next: "They exist only while the sandbox is on. Sign in with an account of your own.",
  },
  sandbox_data: {
    title: "This was made in the sandbox",
    next: "It can be read and exported. Start a new chat to go on.",
  },
  agent_unavailable: { title: "This agent is not available to you", next: "Choose another agent." },
  gateway_unconfigured: {
    title: "No gateway is connected",
    next: "An admin can connect one under Settings, Connections.",
  },
  gateway_unreachable: {
    title: "The gateway cannot be reached",
    next: "Try again in a moment; if it goes on, tell an admin.",
  },
  gateway_unauthorized: {
    title: "The gateway refuses this server",
    next: "An admin must look at Connections. You stay signed in.",
  },
  gateway_locked_out: {
    title: "The gateway has locked this server out for a while",
    next: "An admin must look at the credential under Connections.",
  },
  gateway_refused_proxy: {
    title: "The gateway refuses requests that pass a proxy",
    next: "An admin finds the setting under Connections.",
  },
  gateway_endpoint_disabled: {
    title: "Chat is switched off at the gateway",
    next: "An admin finds the lines to set under Connections.",
  },
  gateway_agent_unknown: { title: "The gateway does not know this agent", next: "Choose another agent." },
  gateway_bad_request: {
    title: "The gateway did not accept the message",
    next: "Change it and send it again; details may help an admin.",
  },
  gateway_failed: { title: "The gateway failed", next: "Retry. Tools may have run already." },
  gateway_overloaded: { title: "The gateway has no room right now", next: "Retry in a moment." },
  gateway_first_byte_timeout: {
    title: "The gateway did not begin to answer",
    next: "Retry. Tools may have run already.",
  },
  gateway_idle_timeout: { title: "The gateway fell silent", next: "The text so far is kept. Continue or retry." },
  gateway_total_timeout: {
    title: "The answer took longer than allowed",
    next: "The text so far is kept. Continue or retry.",
  },
  gateway_cut: { title: "The gateway broke off", next: "The text so far is kept. Continue or retry." },
  gateway_malformed: {
    title: "The gateway sent something unreadable",
    next: "The text so far is kept. Continue or retry.",
  },
  gateway_too_large: { title: "The answer grew too large", next: "The text so far is kept. Ask for a shorter one." },
  gateway_empty: { title: "The gateway ended without an answer", next: "Retry, or choose another agent." },
  provider_unauthorized: {
    title: "The model provider refuses the gateway",
    next: "Whoever runs the gateway must look at its provider key.",
  },
  provider_out_of_credit: {
    title: "The gateway's model provider is out of credit",
    next: "Whoever runs the gateway must top it up, or choose another agent.",
  },
  provider_rate_limited: {
    title: "The model provider is limiting requests",
    next: "Retry in a minute, or choose another agent.",
  },
  provider_cooling_down: {
    title: "The gateway is resting this provider after failures",
    next: "Retry in a few minutes, or choose another agent.",
  },
  provider_refused: { title: "The model provider refused this message", next: "Change the message and send it again." },
  provider_failed: { title: "The model provider failed", next: "Retry, or choose another agent." },
  answer_not_appendable: {
    title: "The gateway sent text that could not be added",
    next: "The text so far is kept. Continue or retry.",
  },
  process_restarted: { title: "This server restarted", next: "The text so far is kept. Continue or retry." },
  store_write_failed: {
    title: "The answer could not be stored any further",
    next: "The text so far is kept. Retry once the store works again.",
  },
  too_many_jobs: { title: "Too many of your jobs are under way", next: "Wait for one to end, or cancel one." },
  job_deadline: {
    title: "It did not end within the time this server waits",
    next: "Look at the upstream's own site, or start it again.",
  },
  insufficient_balance: {
    title: "There is not enough credit",
    next: "Top up and it goes on by itself, or choose another model.",
  },
  daily_limit_reached: {
    title: "You have reached today's limit",
    next: "Try again tomorrow, or ask an admin to raise it.",
  },
  openmarlin_unconfigured: {
    title: "OpenMarlin is not set up on this server",
    next: "An admin can enable it under Settings, Connections.",
  },
  openmarlin_not_connected: {
    title: "You have not connected OpenMarlin yet",
    next: "Connect it under Settings, then send it again.",
  },
  openmarlin_shared_key: {
    title: "This server uses one OpenMarlin key for everybody",
    next: "There is nothing to connect or disconnect for one person.",
  },
  openmarlin_ask_admin: {
    title: "The balance is managed by an admin",
    next: "Ask an admin to look at it or to top up.",
  },
  openmarlin_unreachable: { title: "OpenMarlin cannot be reached", next: "Nothing was sent. Try again in a moment." },
  openmarlin_timeout: {
    title: "OpenMarlin did not begin to answer",
    next: "Retry. It may have been carried out and charged already.",
  },
  openmarlin_idle_timeout: { title: "OpenMarlin fell silent", next: "The text so far is kept. Continue or retry." },
  openmarlin_total_timeout: {
    title: "The answer took longer than allowed",
    next: "The text so far is kept. Continue or retry.",
  },
  openmarlin_cut: { title: "OpenMarlin broke off", next: "The text so far is kept. Continue or retry." },
  openmarlin_malformed: { title: "OpenMarlin sent something unreadable", next: "Retry; if it goes on, tell an admin." },
  openmarlin_too_large: {
    title: "OpenMarlin's answer grew too large",
    next: "The text so far is kept. Ask for a shorter one.",
  },
  openmarlin_empty: { title: "OpenMarlin ended without an answer", next: "Retry, or choose another model." },
  openmarlin_failed: { title: "OpenMarlin failed", next: "Retry in a moment, or choose another model." },
  openmarlin_refused: {
    title: "OpenMarlin did not accept the request",
    next: "Change it and try again; details may help an admin.",
  },
  openmarlin_rate_limited: { title: "OpenMarlin is limiting requests", next: "Try again in a moment." },
  openmarlin_not_found: {
    title: "OpenMarlin does not know this any more",
    next: "Its last known state is shown. Start it again if you still want it.",
  },
  openmarlin_key_invalid: { title: "OpenMarlin does not accept this key", next: "Connect OpenMarlin again." },
  openmarlin_key_inactive: {
    title: "The OpenMarlin key is no longer active",
    next: "Connect OpenMarlin again to get a new one.",
  },
  openmarlin_workspace_missing: {
    title: "The OpenMarlin workspace does not exist any more",
    next: "Connect OpenMarlin again.",
  },
  openmarlin_account_missing: {
    title: "The OpenMarlin account does not exist any more",
    next: "Connect OpenMarlin again.",
  },
  openmarlin_labels_invalid: {
    title: "OpenMarlin cannot read these labels",
    next: "Write them as name and value, or remove them and route automatically.",
  },
  openmarlin_provider_unavailable: {
    title: "No provider can take this right now",
    next: "Choose another provider, or automatic routing, or wait a moment.",
  },
  openmarlin_labels_mismatch: {
    title: "The provider does not carry these labels",
    next: "Use other labels, another provider, or automatic routing.",
  },
  openmarlin_provider_unknown: {
    title: "There is no such provider",
    next: "Choose one from the list, or automatic routing.",
  },
  openmarlin_provider_ambiguous: {
    title: "Several providers fit what was asked",
    next: "Name one of them, or add a label that only one carries.",
  },
  openmarlin_kind_unavailable: {
    title: "This kind of work is not offered there",
    next: "Choose another provider or model, or automatic routing.",
  },
  openmarlin_no_task_executor: {
    title: "Nobody at OpenMarlin takes this kind of task now",
    next: "Check the kind and what was entered, then try again later.",
  },
  openmarlin_idempotency_conflict: {
    title: "The same submission was made before with other contents",
    next: "Look at the first one in Jobs, or submit this as a new one.",
  },
  openmarlin_request_invalid: {
    title: "OpenMarlin says that something in it is not valid",
    next: "Check the kind and what was entered.",
  },
  openmarlin_handoff_refused: {
    title: "OpenMarlin named an address that this server does not open",
    next: "Nothing was charged. An admin can allow its origin in HANDOFF_ORIGINS.",
  },
  openmarlin_artifact_refused: {
    title: "The result lies at an address that this server does not open",
    next: "An admin can allow its origin in ARTIFACT_ORIGINS.",
  },
  openmarlin_no_artifact: {
    title: "There is no file to show",
    next: "The task ended without one, or the file is no longer there.",
  },
  top_up_pending: {
    title: "A top-up of another amount is still open",
    next: "Go on with that one, or ask for a second one on purpose.",
  },
  openmarlin_no_images: {
    title: "OpenMarlin takes no images",
    next: "Remove them, or choose an agent of the gateway.",
  },
  top_up_payment_failed: {
    title: "The payment did not go through",
    next: "Nothing was charged. Make a new top-up to try again.",
  },
  openmarlin_task_failed: {
    title: "The task failed at OpenMarlin",
    next: "Check the kind and what was entered, then submit it as a new one.",
  },
} as const satisfies Record<ProblemCode, { title: string; next: string }>;
