export const personSections = ["general", "appearance", "keyboard", "notifications"] as const;
export const serverSections = ["connections", "people", "sign-in", "audit", "data"] as const;

export type SettingsSection = (typeof personSections)[number] | (typeof serverSections)[number];

/** The text that names each section. */
export const sectionText = {
  general: "account.settings.general",
  appearance: "account.settings.appearance",
  keyboard: "account.settings.keyboard",
  notifications: "account.settings.notifications",
  connections: "account.settings.connections",
  people: "account.settings.people",
  "sign-in": "account.settings.signIn",
  audit: "account.settings.audit",
  data: "account.settings.data",
} as const satisfies Record<SettingsSection, string>;
